/* Users and the tokens they were given. */
#ifndef SETPOINT_TESTS_CLOUD_TOKENS_H
#define SETPOINT_TESTS_CLOUD_TOKENS_H

#include "cloud.h"

struct dice;

enum {
    TOKEN_SIZE = 200,
    TOKENS_MAX = 4096, /* the oldest one makes room */
};

struct user {
    char id[CLOUD_ID_SIZE]; /* 32 hex digits, derived from the name */
    char name[CLOUD_NAME_SIZE];
    char password[CLOUD_NAME_SIZE];
    char project[CLOUD_ID_SIZE];
    char project_name[CLOUD_NAME_SIZE];
    char credential_id[CLOUD_NAME_SIZE];
    char credential_secret[CLOUD_NAME_SIZE];
    unsigned quota_instances;
    bool admin;
};

struct token {
    char id[TOKEN_SIZE];
    const struct user *user;
    const char *project;
    const char *project_name;
    int64_t issued_ms;
    int64_t expires_ms;
    int64_t revoked_ms; /* INT64_MAX: not */
};

struct tokens {
    struct user users[CLOUD_USERS_MAX];
    size_t user_count;
    struct token *tokens;
    size_t count;
    size_t capacity;
};

void tokens_init(struct tokens *tokens, const struct cloud_options *options);
void tokens_release(struct tokens *tokens);
struct user *tokens_user(struct tokens *tokens, const char *name_or_id);
struct user *tokens_credential(struct tokens *tokens, const char *id);
/* Another user's project than this one; for logins led astray. Never NULL, may be the user itself. */
const struct user *tokens_stranger(const struct tokens *tokens, const struct user *user);
const struct token *tokens_issue(struct tokens *tokens, struct dice *dice, const struct user *user,
                                 const struct user *project_of, const struct cloud_options *options,
                                 int64_t now_ms);
/* NULL when unknown, expired, or revoked longer ago than the cache holds. */
const struct token *tokens_check(const struct tokens *tokens, const char *id, int64_t now_ms,
                                 int64_t cache_ms);
void tokens_revoke(struct tokens *tokens, const char *id, int64_t now_ms);
size_t tokens_revoke_all(struct tokens *tokens, const struct user *user, int64_t now_ms);

#endif
