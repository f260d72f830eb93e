/* Who is let in: the judgement as a table, and the kernel's word for who is at the other end. */
#include "daemon/control_access.h"

#include <grp.h>
#include <stdio.h>
#include <sys/socket.h>

#include "reconcile/base/cleanup.h"
#include "tests/unit/unit.h"

enum { OWN = 990, READ = 991, ACT = 992, OTHER = 5000 };

static const struct control_rules service = {.own_uid = OWN, .read_gid = READ, .act_gid = ACT};
static const struct control_rules groupless = {
    .own_uid = OWN, .read_gid = CONTROL_NO_GROUP, .act_gid = CONTROL_NO_GROUP};
static const struct control_rules development = {
    .development = true, .own_uid = OWN, .read_gid = READ, .act_gid = ACT};

static void test_judgement(void **state)
{
    (void)state;
    static const struct {
        const struct control_rules *rules;
        uid_t uid;
        gid_t gid, groups[3];
        uint32_t group_count;
        enum control_access access;
    } rows[] = {
        {&service, 0, 0, {0}, 0, CONTROL_ACTS},
        {&service, OWN, OTHER, {0}, 0, CONTROL_ACTS},
        {&service, OTHER, OTHER, {0}, 0, CONTROL_NOBODY},
        {&service, OTHER, READ, {0}, 0, CONTROL_READS},
        {&service, OTHER, ACT, {0}, 0, CONTROL_ACTS},
        {&service, OTHER, OTHER, {1, 2, READ}, 3, CONTROL_READS},
        {&service, OTHER, OTHER, {1, 2, READ}, 2, CONTROL_NOBODY},
        {&service, OTHER, OTHER, {READ, ACT}, 2, CONTROL_ACTS},
        {&service, OTHER, 0, {0}, 1, CONTROL_NOBODY},
        {&groupless, 0, 0, {0}, 0, CONTROL_ACTS},
        {&groupless, OTHER, (gid_t)-1, {(gid_t)-1}, 1, CONTROL_NOBODY},
        {&development, 0, 0, {0}, 0, CONTROL_ACTS},
        {&development, OWN, OTHER, {0}, 0, CONTROL_ACTS},
        {&development, OTHER, ACT, {READ, ACT}, 2, CONTROL_NOBODY},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct control_peer peer = {.uid = rows[i].uid,
                                    .gid = rows[i].gid,
                                    .groups = (gid_t *)rows[i].groups,
                                    .group_count = rows[i].group_count};
        if (control_judge(rows[i].rules, &peer) != rows[i].access) fail_msg("row %zu", i);
    }
}

static void refusal_is(const struct control_rules *rules, enum control_access wanted, const char *text)
{
    AUTO_TEXT struct text out;
    struct control_peer peer = {.uid = 1234567};
    text_init(&out, 1024);
    control_refusal(rules, &peer, wanted, &out);
    assert_string_equal(out.bytes, text);
}

static void test_refusal(void **state)
{
    (void)state;
    const struct control_rules mine = {.development = true, .own_uid = 0};
    refusal_is(
        &service, CONTROL_READS,
        "user 1234567 may not read this: not in group setpoint (to change that: sudo usermod -aG setpoint "
        "1234567, then log in anew)");
    refusal_is(&service, CONTROL_ACTS,
               "user 1234567 may not do this: not in group setpoint-admin (to change that: sudo usermod -aG "
               "setpoint-admin 1234567, then log in anew)");
    refusal_is(
        &groupless, CONTROL_ACTS,
        "user 1234567 may not do this: not in group setpoint-admin (to change that: sudo usermod -aG "
        "setpoint-admin 1234567, then log in anew; the group does not exist yet: systemd-sysusers makes "
        "it)");
    refusal_is(&mine, CONTROL_READS,
               "user 1234567 may not use this setpointd: it was started with --runtime and obeys only root");
}

static void test_peer_is_who_the_kernel_says(void **state)
{
    (void)state;
    int ends[2];
    struct control_peer peer;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    assert_true(control_peer_read(ends[0], &peer));
    assert_int_equal(peer.uid, geteuid());
    assert_int_equal(peer.gid, getegid());
    assert_int_equal(peer.pid, getpid());
    control_peer_release(&peer);
    close(ends[0]);
    close(ends[1]);
}

/* More groups than fit at first. Only root can take them on. */
static void test_all_groups_are_read(void **state)
{
    (void)state;
    enum { MANY = 500 };
    gid_t groups[MANY];
    int ends[2], status;
    if (geteuid() != 0) return;
    for (int i = 0; i < MANY; i++)
        groups[i] = (gid_t)(10000 + i);
    pid_t child = fork();
    if (child == 0) {
        struct control_peer peer;
        const struct control_rules rules = {.own_uid = OWN, .read_gid = 10000, .act_gid = 10000 + MANY - 1};
        bool good = setgroups(MANY, groups) == 0 && setresgid(OTHER, OTHER, OTHER) == 0 &&
                    setresuid(OTHER, OTHER, OTHER) == 0 && socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0 &&
                    control_peer_read(ends[0], &peer) && peer.uid == OTHER && peer.gid == OTHER &&
                    peer.group_count == MANY && control_judge(&rules, &peer) == CONTROL_ACTS;
        _exit(good ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(WEXITSTATUS(status), 0);
}

static void test_no_unix_socket_is_nobody(void **state)
{
    (void)state;
    struct control_peer peer;
    int tcp = socket(AF_INET, SOCK_STREAM, 0), pipes[2];
    assert_false(control_peer_read(tcp, &peer));
    control_peer_release(&peer);
    close(tcp);
    assert_int_equal(pipe(pipes), 0);
    assert_false(control_peer_read(pipes[0], &peer));
    control_peer_release(&peer);
    close(pipes[0]);
    close(pipes[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_judgement),
        cmocka_unit_test(test_refusal),
        cmocka_unit_test(test_peer_is_who_the_kernel_says),
        cmocka_unit_test(test_all_groups_are_read),
        cmocka_unit_test(test_no_unix_socket_is_nobody),
    };
    return UNIT_RUN(tests);
}
