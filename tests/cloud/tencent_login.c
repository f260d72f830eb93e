/* Tenant, user and the MD5 of the password for a JWT. */
#include "tencent.h"

#include "memory.h"

#include <stdio.h>
#include <string.h>

enum { SCODE_PASSWORD = 10183 };

/* base64url without padding */
static void encode(const char *text, char *out)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    size_t size = strlen(text);

    for (size_t i = 0; i < size; i += 3) {
        size_t left = size - i < 3 ? size - i : 3;
        uint32_t bits = 0;

        for (size_t k = 0; k < 3; k++)
            bits = bits << 8 | (k < left ? (unsigned char)text[i + k] : 0);
        for (size_t k = 0; k <= left; k++)
            *out++ = letters[bits >> (18 - 6 * k) & 63];
    }
    *out = '\0';
}

/* Header, claims, and the drawn id in place of a signature. */
static void write_jwt(const struct call *call, const struct token *token, char out[TOKEN_SIZE])
{
    char claims[128], body[180];

    snprintf(claims, sizeof claims, "{\"user_name\":\"%.20s\",\"exp\":%lld,\"iat\":%lld}", token->user->name,
             (long long)(cloud_wall(call->cloud, token->expires_ms) / 1000),
             (long long)(cloud_wall(call->cloud, token->issued_ms) / 1000));
    encode(claims, body);
    snprintf(out, TOKEN_SIZE, "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.%.120s.%.32s", body, token->id);
}

static struct user *user_of(struct call *call)
{
    struct user *user = tokens_user(&call->cloud->tokens, tencent_text(call, "user"));
    char digest[33];

    if (!user || strcmp(user->project_name, tencent_text(call, "tenant")) != 0) return NULL;
    tencent_md5(user->password, digest);
    return strcmp(digest, tencent_text(call, "password")) == 0 ? user : NULL;
}

void tencent_login(struct call *call)
{
    const struct cloud_fault *wrong = call_fault(call, CLOUD_FAULT_WRONG_PROJECT);
    struct cloud *cloud = call->cloud;
    struct user *user = user_of(call);
    const struct user *project_of = user;
    struct token *token;
    struct buffer *out;

    if (!user) {
        tencent_fail(call, SCODE_PASSWORD, "user not exist or password error", "%s", "");
        return;
    }
    if (wrong) {
        project_of = tokens_stranger(&cloud->tokens, user);
        if (project_of != user) fault_used(call, wrong);
    }
    token = (struct token *)tokens_issue(&cloud->tokens, &cloud->token_dice, user, project_of,
                                         &cloud->options, call->now_ms);
    if (!call_switch(call, TENCENT_TOKEN)) {
        char jwt[TOKEN_SIZE];

        write_jwt(call, token, jwt);
        memory_put(token->id, sizeof token->id, jwt);
    }
    call->project = token->project;
    call->authorized = call->effect = true;
    out = tencent_open(call);
    json_open(out, '{');
    json_put_text(out, "user_role", "tenant_admin");
    json_put_text(out, "token", token->id);
    json_put_text(out, "user_uuid", user->id);
    json_put_text(out, "user_name", user->name);
    json_put_bool(out, "ldap_enabled", false);
    json_put_text(out, "tenant_uuid", token->project);
    json_put_text(out, "default_cluster_uuid", "72db4b34-1473-418f-ade4-de00b956f16b");
    json_put_bool(out, "is_deploy_mode", false);
    json_close(out, '}');
    tencent_close(call);
}

void tencent_logout(struct call *call)
{
    if (call_switch(call, TENCENT_LOGOUT))
        tokens_revoke_all(&call->cloud->tokens, call->token->user, call->now_ms);
    else
        tokens_revoke(&call->cloud->tokens, call->token->id, call->now_ms);
    tencent_done(call);
}
