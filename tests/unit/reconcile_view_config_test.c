#include "tests/unit/unit.h"

#include <cjson/cJSON.h>

#include "reconcile/view.h"
#include "tests/unit/reconcile_rig.h"

enum { JSON_MAX = 16384 };

static void of_a_secret_it_says_where_it_comes_from(void **state)
{
    (void)state;
    struct rig rig;
    AUTO_TEXT struct text json = {0};
    const struct auth_value auth[] = {
        {.name = "username", .text = "planted-user"},
        {.name = "password", .secret = {.kind = SECRET_CREDENTIAL, .text = "planted-credential"}},
        {.name = "caKey", .secret = {.kind = SECRET_FILE, .text = "/planted/file"}}};
    text_init(&json, JSON_MAX);
    rig_open(&rig, "nhn-v2");
    rig.state->config->clouds[0].auth = auth;
    rig.state->config->clouds[0].auth_count = 3;
    view_configuration(rig.state, &json);
    cJSON *tree = cJSON_Parse(json.bytes);
    assert_non_null(tree);
    assert_string_equal(cJSON_GetObjectItem(tree, "owner")->valuestring, "seoul-1");
    const cJSON *cloud = cJSON_GetArrayItem(cJSON_GetObjectItem(tree, "clouds"), 0);
    const cJSON *source = cJSON_GetArrayItem(cJSON_GetObjectItem(tree, "sources"), 0);
    assert_string_equal(cJSON_GetObjectItem(cloud, "provider")->valuestring, "nhn-v2");
    assert_string_equal(cJSON_GetObjectItem(source, "name")->valuestring, "prod");
    assert_non_null(strstr(
        json.bytes, "\"auth\":{\"username\":\"given\",\"password\":\"credential\",\"caKey\":\"file\"}"));
    assert_null(strstr(json.bytes, "planted"));
    cJSON_Delete(tree);
    rig.state->config->clouds[0].auth_count = 0;
    rig_close(&rig);
}

static void of_a_targets_url_it_shows_the_host(void **state)
{
    (void)state;
    struct rig rig;
    AUTO_TEXT struct text json = {0};
    static const char *const names[] = {"a", "b"};
    struct notify_target targets[] = {
        {.name = "duty", .form = NOTIFY_MAIL, .to = names, .to_count = 2, .sendmail = "/bin/sm"},
        {.name = "ops",
         .form = NOTIFY_SLACK,
         .secret_url = {.kind = SECRET_CREDENTIAL, .text = "planted"},
         .kinds = NOTIFY_BIT(NOTIFY_BRAKE) | NOTIFY_BIT(NOTIFY_WAITING),
         .sources = names,
         .source_count = 1},
        {.name = "web", .url = "https://planted@hooks.example.com:8443/planted?planted"}};
    text_init(&json, JSON_MAX);
    rig_open(&rig, "nhn-v2");
    rig.state->config->targets = targets;
    rig.state->config->target_count = 3;
    view_configuration(rig.state, &json);
    cJSON *tree = cJSON_Parse(json.bytes);
    assert_non_null(tree);
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(tree, "notify")), 3);
    assert_non_null(strstr(json.bytes, "{\"name\":\"duty\",\"form\":\"mail\",\"url\":null,\"urlFrom\":null,"
                                       "\"tlsCa\":null,\"allowPlainHttp\":false,\"to\":[\"a\",\"b\"],"
                                       "\"from\":null,\"sendmail\":\"/bin/sm\",\"on\":[],"
                                       "\"sources\":[],\"clouds\":[]}"));
    assert_non_null(strstr(json.bytes, "\"form\":\"slack\",\"url\":null,\"urlFrom\":\"credential\","));
    assert_non_null(strstr(json.bytes, "\"on\":[\"Waiting\",\"Brake\"],\"sources\":[\"a\"],\"clouds\":[]}"));
    assert_non_null(strstr(json.bytes, "\"url\":\"https://hooks.example.com:8443\",\"urlFrom\":\"given\","));
    assert_null(strstr(json.bytes, "planted"));
    cJSON_Delete(tree);
    rig.state->config->target_count = 0;
    rig_close(&rig);
}

static void before_the_first_one_it_is_null(void **state)
{
    (void)state;
    struct rig rig;
    AUTO_TEXT struct text json = {0};
    text_init(&json, JSON_MAX);
    rig_open(&rig, "nhn-v2");
    struct config *config = rig.state->config;
    rig.state->config = NULL;
    view_configuration(rig.state, &json);
    assert_string_equal(json.bytes, "null");
    rig.state->config = config;
    rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(of_a_secret_it_says_where_it_comes_from),
                                       cmocka_unit_test(of_a_targets_url_it_shows_the_host),
                                       cmocka_unit_test(before_the_first_one_it_is_null)};
    return UNIT_RUN(tests);
}
