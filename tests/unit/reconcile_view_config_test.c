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
                                       cmocka_unit_test(before_the_first_one_it_is_null)};
    return UNIT_RUN(tests);
}
