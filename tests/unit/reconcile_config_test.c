#include "tests/unit/unit.h"

#include "tests/unit/reconcile_rig.h"

static void documents_are_found_by_name(void **state)
{
    (void)state;
    struct config *config = rig_config(rig_traits("openstack"));
    assert_string_equal(config_cloud(config, "nhn")->name, "nhn");
    assert_null(config_cloud(config, "nhn-kr1"));
    assert_string_equal(config_source(config, "prod")->name, "prod");
    assert_null(config_source(config, "test"));
    config_free(config);
    config_free(NULL);
}

/* What lost its document is kept and given back with it. */
static void a_document_that_goes_and_comes_back(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "nhn-v2");
    struct config *none = rig_config(rig_traits("nhn-v2"));
    none->cloud_count = none->source_count = 0;
    rig_step(&rig, (struct event){.kind = EVENT_CONFIG, .config = none}, 1);
    assert_null(rig.cloud->config);
    assert_null(rig.source->config);
    rig_step(&rig, (struct event){.kind = EVENT_CONFIG, .config = rig_config(rig_traits("nhn-v2"))}, 1);
    assert_ptr_equal(rig.cloud->config, &rig.state->config->clouds[0]);
    assert_ptr_equal(rig.source->config, &rig.state->config->sources[0]);
    assert_ptr_equal(state_cloud(rig.state, "nhn"), rig.cloud);
    rig_close(&rig);
}

static void targets_are_found_by_name_and_speak_the_words_of_the_configuration(void **state)
{
    static const char *const kinds[NOTIFY_KIND_COUNT] = {"Converged", "Waiting", "Blocked", "Failing",
                                                         "Brake"};
    static const char *const forms[NOTIFY_FORM_COUNT] = {"webhook", "slack", "mail"};
    struct notify_target targets[] = {{.name = "duty"}, {.name = "ops"}};
    struct config config = {.targets = targets, .target_count = 2};
    (void)state;
    assert_ptr_equal(config_target(&config, "ops"), &targets[1]);
    assert_null(config_target(&config, "op"));
    for (unsigned i = 0; i < NOTIFY_KIND_COUNT; i++)
        assert_string_equal(notify_kind_name((enum notify_kind)i), kinds[i]);
    for (unsigned i = 0; i < NOTIFY_FORM_COUNT; i++)
        assert_string_equal(notify_form_name((enum notify_form)i), forms[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(documents_are_found_by_name),
        cmocka_unit_test(targets_are_found_by_name_and_speak_the_words_of_the_configuration),
        cmocka_unit_test(a_document_that_goes_and_comes_back),
    };
    return UNIT_RUN(tests);
}
