#include "tests/unit/unit.h"

#include "providers/provider.h"
#include "reconcile/traits.h"

static void look_ups_follow_the_rows(void **state)
{
    (void)state;
    static const struct transition rows[] = {
        {.call = CALL_STOP, .from = PHASE_BIT(PHASE_RUNNING), .to = PHASE_SUSPENDED},
        {.call = CALL_STOP,
         .from = PHASE_BIT(PHASE_SUSPENDED) | PHASE_BIT(PHASE_RUNNING),
         .to = PHASE_STOPPED},
        {.call = CALL_CONFIRM_RESIZE, .from = PHASE_BIT(PHASE_CONFIRM_RESIZE), .to = PHASE_RESTS}};
    static const struct traits traits = {.transitions = rows, .transition_count = 3};
    assert_ptr_equal(traits_transition(&traits, CALL_STOP, PHASE_RUNNING), &rows[0]);
    assert_ptr_equal(traits_transition(&traits, CALL_STOP, PHASE_SUSPENDED), &rows[1]);
    assert_null(traits_transition(&traits, CALL_STOP, PHASE_STOPPED));
    assert_false(traits_allow(&traits, CALL_START, PHASE_STOPPED));
    assert_true(traits_allow(&traits, CALL_STOP, PHASE_SUSPENDED));
    assert_true(traits_has_call(&traits, CALL_STOP));
    assert_true(traits_has_call(&traits, CALL_CONFIRM_RESIZE));
    assert_false(traits_has_call(&traits, CALL_RESIZE));
}

/* S8: what each provider's table must not allow. */
static void real_tables_forbid_what_is_under_way(void **state)
{
    (void)state;
    for (const struct traits *const *traits = provider_traits(); *traits; traits++)
        for (unsigned call = 0; call < CALL_COUNT; call++) {
            assert_false(call != CALL_CREATE && traits_allow(*traits, (enum call_kind)call, PHASE_DELETING));
            assert_false(call != CALL_CREATE && call != CALL_DELETE &&
                         traits_allow(*traits, (enum call_kind)call, PHASE_BUSY));
            assert_false(call != CALL_CREATE && call != CALL_DELETE &&
                         traits_allow(*traits, (enum call_kind)call, PHASE_UNKNOWN));
        }
}

/* What a manifest may not give, and adopt --write does not print. */
static void a_refusal_hits_by_its_one_condition(void **state)
{
    static const struct refusal word = {.text = "port"}, marks = {.characters = "-."}, id = {.uuid = true},
                                steps = {.step = 10, .most = 100}, any = {0}, pair = {.pair = true},
                                braces = {.without = "{}"};
    static const struct {
        const struct refusal *refusal;
        const char *cell;
        bool hits;
    } rows[] = {{&word, "port", true},     {&word, "ports", false},
                {&marks, "a-1.B", false},  {&marks, "a_1", true},
                {&marks, "서버", true},    {&id, "00000000-0000-4000-8000-0000000000f1", true},
                {&id, "web", false},       {&steps, "100", false},
                {&steps, "110", true},     {&steps, "15", true},
                {&steps, "0", true},       {&steps, "x", true},
                {&any, "a", true},         {&any, "", false},
                {&word, "", false},        {&pair, "vpc-1/subnet-2", false},
                {&pair, "subnet-2", true}, {&pair, "/subnet-2", true},
                {&pair, "vpc-1/", true},   {&pair, "a/b/c", true},
                {&braces, "web-1", false}, {&braces, "web-{R:1}", true}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (refusal_hits(rows[i].refusal, rows[i].cell) != rows[i].hits) fail_msg("row %zu", i);
    const struct traits *nhnv1 = provider_by_name("nhn-v1")->traits;
    const char *cells[] = {"default", "00000000-0000-4000-8000-0000000000db"};
    assert_null(traits_refusal(nhnv1, FIELD_SECURITY_GROUPS, (struct value){1, 1, cells}));
    assert_non_null(traits_refusal(nhnv1, FIELD_SECURITY_GROUPS, (struct value){2, 1, cells}));
    assert_null(traits_refusal(nhnv1, FIELD_METADATA, (struct value){2, 1, cells}));
}

/* What its codec could never send is said of the manifest, and not of every try. */
static void one_subnet_with_its_network(void **state)
{
    static const struct {
        uint16_t rows;
        const char *cells[6];
        bool refused;
    } rows[] = {{1, {"subnet", "vpc-1/subnet-2", ""}, false},
                {1, {"subnet", "subnet-2", ""}, true},
                {1, {"network", "vpc-1/subnet-2", ""}, true},
                {1, {"port", "eni-1/x", ""}, true},
                {1, {"subnet", "vpc-1/subnet-2", "10.0.0.9"}, true},
                {2, {"subnet", "vpc-1/subnet-2", "", "subnet", "vpc-1/subnet-3", ""}, true}};
    const struct traits *tencent = provider_by_name("tencent-gateway")->traits;
    const char *cells[] = {"20", "", "false"};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct value value = {rows[i].rows, 3, rows[i].cells};
        if ((traits_refusal(tencent, FIELD_NETWORKS, value) != NULL) != rows[i].refused)
            fail_msg("row %zu", i);
    }
    assert_non_null(traits_refusal(tencent, FIELD_ROOT_DISK, (struct value){1, 3, cells}));
    cells[2] = "true";
    assert_null(traits_refusal(tencent, FIELD_ROOT_DISK, (struct value){1, 3, cells}));
    assert_true(tencent->required & FIELD_BIT(FIELD_ZONE));
}

/* The milder before the harder, per provider, typed from the guides: n name, p power, f flavor, i image,
   z zone, k keypair, w networks, g groups, d root disk, v volumes, u user data, m metadata. */
static void each_field_has_its_means(void **state)
{
    (void)state;
    static const struct {
        const char *provider, *means[MEANS_REPLACE + 1];
    } rows[] = {{"openstack", {"npgvm", "f", "i", "zkwdu"}},
                {"nhn-v2", {"npgvm", "f", "", "izkwdu"}},
                {"nhn-v1", {"pgv", "f", "", "nizkwdum"}},
                {"kakaocloud", {"npgv", "f", "i", "zkwdum"}},
                {"tencent-gateway", {"npg", "", "i", "fzkwdvum"}}};
    static const struct {
        char letter;
        enum field field;
    } letters[] = {
        {'n', FIELD_NAME},      {'p', FIELD_POWER},   {'f', FIELD_FLAVOR},    {'i', FIELD_IMAGE},
        {'z', FIELD_ZONE},      {'k', FIELD_KEYPAIR}, {'w', FIELD_NETWORKS},  {'g', FIELD_SECURITY_GROUPS},
        {'d', FIELD_ROOT_DISK}, {'v', FIELD_VOLUMES}, {'u', FIELD_USER_DATA}, {'m', FIELD_METADATA}};
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++)
        for (unsigned k = 0; k < sizeof letters / sizeof *letters; k++) {
            const struct traits *traits = provider_by_name(rows[i].provider)->traits;
            enum means means = traits_means(traits, letters[k].field);
            if (!strchr(rows[i].means[means], letters[k].letter))
                fail_msg("%s: %c is put right by %d", rows[i].provider, letters[k].letter, means);
            if (means == MEANS_REBUILD) assert_true(traits_has_call(traits, CALL_REBUILD));
        }
}

static void services_have_names(void **state)
{
    (void)state;
    assert_string_equal(service_name(SERVICE_COMPUTE), "compute");
    for (unsigned i = 0; i < SERVICE_COUNT; i++)
        assert_true(service_name((enum service)i)[0] != '\0');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(look_ups_follow_the_rows),
        cmocka_unit_test(real_tables_forbid_what_is_under_way),
        cmocka_unit_test(a_refusal_hits_by_its_one_condition),
        cmocka_unit_test(one_subnet_with_its_network),
        cmocka_unit_test(each_field_has_its_means),
        cmocka_unit_test(services_have_names),
    };
    return UNIT_RUN(tests);
}
