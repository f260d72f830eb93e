/* IAM: an application credential for a token, which comes in a header. */
#include "kakao.h"

#include "wall.h"

#include <string.h>

static const cJSON *member(const cJSON *object, const char *key)
{
    return cJSON_GetObjectItemCaseSensitive(object, key);
}

static const char *text_of(const cJSON *object, const char *key)
{
    const char *text = cJSON_GetStringValue(member(object, key));

    return text ? text : "";
}

static struct user *application_user(struct call *call)
{
    const cJSON *identity = member(member(call->body, "auth"), "identity");
    const cJSON *credential = member(identity, "application_credential");
    const char *method = cJSON_GetStringValue(cJSON_GetArrayItem(member(identity, "methods"), 0));
    struct user *user = tokens_credential(&call->cloud->tokens, text_of(credential, "id"));

    if (!method || strcmp(method, "application_credential") != 0 || !user ||
        strcmp(user->credential_secret, text_of(credential, "secret")) != 0)
        return NULL;
    return user;
}

static void time_put(struct call *call, const char *key, int64_t at_ms)
{
    char wall[WALL_SIZE];

    json_put_text(&call->body_out, key, wall_text(cloud_wall(call->cloud, at_ms), WALL_MICROS_Z, wall));
}

static void token_write(struct call *call, const struct token *token)
{
    struct buffer *out = &call->body_out;

    json_open(out, '{');
    json_put_open(out, "token", '{');
    json_put_raw(out, "methods", "[\"application_credential\"]");
    json_put_open(out, "user", '{');
    json_put_text(out, "id", token->user->id);
    json_put_text(out, "name", token->user->name);
    json_put_raw(out, "domain", "{\"id\":\"default\",\"name\":\"Default\"}");
    json_close(out, '}');
    json_put_raw(out, "audit_ids", "[\"3T2dc1CGQxyJsHdDu1xkcw\"]");
    time_put(call, "expires_at", token->expires_ms);
    time_put(call, "issued_at", token->issued_ms);
    json_put_open(out, "project", '{');
    json_put_text(out, "id", token->project);
    json_put_text(out, "name", token->project_name);
    json_put_raw(out, "domain", "{\"id\":\"default\",\"name\":\"Default\"}");
    json_close(out, '}');
    json_put_raw(out, "roles", "[{\"id\":\"4cfb4684f8cc490380c5c869c5b0729a\",\"name\":\"member\"}]");
    /* The machinery behind, which nobody outside reaches. */
    json_put_raw(out, "catalog",
                 "[{\"type\":\"compute\",\"name\":\"nova\",\"id\":\"0b2f\",\"endpoints\":[{\"id\":\"1c3e\","
                 "\"interface\":\"public\",\"region_id\":\"kr-central-2\",\"region\":\"kr-central-2\","
                 "\"url\":\"http://nova.internal.invalid:8774/v2.1\"}]}]");
    json_put_open(out, "application_credential", '{');
    json_put_text(out, "id", token->user->credential_id);
    json_put_bool(out, "restricted", true);
    json_close(out, '}');
    json_close(out, '}');
    json_close(out, '}');
}

void kakao_token(struct call *call)
{
    const struct cloud_fault *wrong = call_fault(call, CLOUD_FAULT_WRONG_PROJECT);
    struct user *user = application_user(call);
    const struct user *project_of = user;
    const struct token *token;

    if (!user) {
        call_unauthorized(call);
        return;
    }
    if (wrong) {
        project_of = tokens_stranger(&call->cloud->tokens, user);
        if (project_of != user) fault_used(call, wrong);
    }
    token = tokens_issue(&call->cloud->tokens, &call->cloud->token_dice, user, project_of,
                         &call->cloud->options, call->now_ms);
    call->project = token->project;
    call->authorized = true;
    call->effect = true;
    call->status = call_switch(call, KAKAO_LOGIN_STATUS) ? 200 : 201;
    token_write(call, token);
    call_header_out(call, "X-Subject-Token", "%s", token->id);
}

void kakao_token_check(struct call *call)
{
    const char *subject = call_header(call, "X-Subject-Token");
    const struct token *token = subject ? tokens_check(&call->cloud->tokens, subject, call->now_ms,
                                                       call->cloud->options.token_cache_ms)
                                        : NULL;

    if (!token) {
        call_error(call, 404, "Could not find token.");
        return;
    }
    call->status = 200;
    token_write(call, token);
}
