#include "tokens.h"

#include "dice.h"
#include "memory.h"

#include <stdlib.h>
#include <string.h>

void tokens_init(struct tokens *tokens, const struct cloud_options *options)
{
    for (size_t i = 0; i < options->user_count && i < CLOUD_USERS_MAX; i++) {
        const struct cloud_user *from = &options->users[i];
        struct user *user = &tokens->users[tokens->user_count++];
        struct dice dice;

        dice_init(&dice, dice_hash(from->name), 7);
        dice_hex(&dice, user->id, 32);
        memory_put(user->name, sizeof user->name, from->name);
        memory_put(user->password, sizeof user->password, from->password);
        memory_put(user->project, sizeof user->project, from->project_id);
        memory_put(user->project_name, sizeof user->project_name, from->project_name);
        memory_put(user->credential_id, sizeof user->credential_id, from->credential_id);
        memory_put(user->credential_secret, sizeof user->credential_secret, from->credential_secret);
        user->quota_instances = from->quota_instances;
        user->admin = from->admin;
    }
}

void tokens_release(struct tokens *tokens)
{
    free(tokens->tokens);
    *tokens = (struct tokens){0};
}

struct user *tokens_user(struct tokens *tokens, const char *name_or_id)
{
    for (size_t i = 0; i < tokens->user_count; i++) {
        struct user *user = &tokens->users[i];

        if (strcmp(user->name, name_or_id) == 0 || strcmp(user->id, name_or_id) == 0) return user;
    }
    return NULL;
}

struct user *tokens_credential(struct tokens *tokens, const char *id)
{
    for (size_t i = 0; i < tokens->user_count; i++) {
        if (tokens->users[i].credential_id[0] && strcmp(tokens->users[i].credential_id, id) == 0)
            return &tokens->users[i];
    }
    return NULL;
}

const struct user *tokens_stranger(const struct tokens *tokens, const struct user *user)
{
    for (size_t i = 0; i < tokens->user_count; i++) {
        if (strcmp(tokens->users[i].project, user->project) != 0) return &tokens->users[i];
    }
    return user;
}

static void token_draw(struct token *token, struct dice *dice, bool is_long)
{
    if (!is_long) {
        dice_hex(dice, token->id, 32);
        return;
    }
    memory_put(token->id, sizeof token->id, "gAAAAAB");
    dice_hex(dice, token->id + 7, 176);
}

const struct token *tokens_issue(struct tokens *tokens, struct dice *dice, const struct user *user,
                                 const struct user *project_of, const struct cloud_options *options,
                                 int64_t now_ms)
{
    struct token *token;

    if (tokens->count == TOKENS_MAX) {
        tokens->count--;
        memmove(tokens->tokens, tokens->tokens + 1, tokens->count * sizeof *tokens->tokens);
    }
    MEMORY_GROW(tokens->tokens, tokens->count, tokens->capacity);
    token = &tokens->tokens[tokens->count++];
    *token = (struct token){
        .user = user,
        .project = project_of->project,
        .project_name = project_of->project_name,
        .issued_ms = now_ms,
        .expires_ms = now_ms + options->token_life_ms,
        .revoked_ms = INT64_MAX,
    };
    token_draw(token, dice, options->long_tokens);
    return token;
}

static struct token *tokens_find(const struct tokens *tokens, const char *id)
{
    for (size_t i = tokens->count; i-- > 0;) {
        if (strcmp(tokens->tokens[i].id, id) == 0) return &tokens->tokens[i];
    }
    return NULL;
}

const struct token *tokens_check(const struct tokens *tokens, const char *id, int64_t now_ms,
                                 int64_t cache_ms)
{
    const struct token *token = tokens_find(tokens, id);

    if (!token || now_ms >= token->expires_ms) return NULL;
    if (token->revoked_ms != INT64_MAX && now_ms >= token->revoked_ms + cache_ms) return NULL;
    return token;
}

void tokens_revoke(struct tokens *tokens, const char *id, int64_t now_ms)
{
    struct token *token = tokens_find(tokens, id);

    if (token && token->revoked_ms > now_ms) token->revoked_ms = now_ms;
}

size_t tokens_revoke_all(struct tokens *tokens, const struct user *user, int64_t now_ms)
{
    size_t count = 0;

    for (size_t i = 0; i < tokens->count; i++) {
        struct token *token = &tokens->tokens[i];

        if ((user && token->user != user) || token->revoked_ms <= now_ms) continue;
        token->revoked_ms = now_ms;
        count++;
    }
    return count;
}
