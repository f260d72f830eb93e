#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "ctl/command.h"
#include "manifests/form.h"
#include "reconcile/base/cleanup.h"

/* setpointctl credential set: systemd-creds does the encrypting, and this hands the result to the unit. */

#define CREDENTIALS "/etc/setpoint/credentials"
#define DROP_INS    "/etc/systemd/system/setpointd.service.d"

enum {
    SECRET_MAX = 64 << 10, /* what setpointd reads of one */
    PATH_SIZE = 4096,
    NOT_THERE = 127 /* a shell's exit code for a program that is not found */
};

extern char **environ;

/* Until the end, or on a terminal of one line. -1: it cannot be read; more than SECRET_MAX: too long. */
static ssize_t bytes_read(char bytes[SECRET_MAX + 1], bool one_line)
{
    size_t size = 0;
    while (size <= SECRET_MAX) {
        ssize_t got = read(STDIN_FILENO, bytes + size, SECRET_MAX + 1 - size);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return -1;
        size += (size_t)got;
        if (got == 0 || (one_line && size > 0 && bytes[size - 1] == '\n')) break;
    }
    return (ssize_t)size;
}

static ssize_t secret_read(const char *name, char bytes[SECRET_MAX + 1])
{
    struct termios before, quiet;
    if (tcgetattr(STDIN_FILENO, &before) != 0) return bytes_read(bytes, false);
    quiet = before;
    quiet.c_lflag &= ~(tcflag_t)ECHO;
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet); /* what is typed before the prompt is dropped */
    fprintf(stderr, "%s (not shown): ", name);
    ssize_t size = bytes_read(bytes, true);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
    fputc('\n', stderr);
    return size;
}

/* The line's end is the keyboard's or the echo's, not the secret's. */
static size_t secret_trim(const char *bytes, size_t size)
{
    return size > 0 && bytes[size - 1] == '\n' ? size - 1 : size;
}

static bool all_write(int fd, const char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t put = write(fd, bytes, size);
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) return false;
        bytes += put;
        size -= (size_t)put;
    }
    return true;
}

/* Its exit code; NOT_THERE; -1: it could not be started, or was not fed. */
static int systemd_creds(const char *name, const char *file, const char *secret, size_t size)
{
    AUTO_TEXT struct text named = {0};
    posix_spawn_file_actions_t actions;
    int pipe_fds[2], status = -1;
    pid_t child;
    text_init(&named, PATH_SIZE);
    text_addf(&named, "--name=%s", name);
    const char *const words[] = {"systemd-creds", "encrypt", named.bytes, "-", file, NULL};
    if (pipe2(pipe_fds, O_CLOEXEC) != 0) return -1;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, pipe_fds[0], STDIN_FILENO);
    int problem = posix_spawnp(&child, words[0], &actions, NULL, (char *const *)(uintptr_t)words, environ);
    posix_spawn_file_actions_destroy(&actions);
    close(pipe_fds[0]);
    void (*on_pipe)(int) = signal(SIGPIPE, SIG_IGN); /* it may end without reading */
    bool fed = problem == 0 && all_write(pipe_fds[1], secret, size);
    close(pipe_fds[1]);
    signal(SIGPIPE, on_pipe);
    if (problem) return problem == ENOENT ? NOT_THERE : -1;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        continue;
    return fed && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int cannot_write(const char *path)
{
    int problem = errno;
    if (problem == EACCES || problem == EPERM)
        return run_fail(CTL_DENIED, "not permitted to write %s; as root: sudo setpointctl credential set …",
                        path);
    return run_fail(CTL_FAILED, "%s cannot be written (%s); make room, or see that its folder is there", path,
                    strerror(problem));
}

/* Written beside and moved into place: an old one is whole until the new one is. */
static int encrypt(const char *name, const char *file, const char *secret, size_t size)
{
    char beside[PATH_SIZE];
    int length = snprintf(beside, sizeof beside, "%s.new", file);
    if (length < 0 || (size_t)length >= sizeof beside)
        return run_fail(CTL_USAGE, "--file: the path is too long");
    int fd = open(beside, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) return cannot_write(beside);
    close(fd);
    int exit = systemd_creds(name, beside, secret, size);
    if (exit == 0 && chmod(beside, 0600) == 0 && rename(beside, file) == 0) return CTL_DONE;
    int problem = errno;
    unlink(beside);
    errno = problem;
    if (exit == 0) return cannot_write(file);
    if (exit == NOT_THERE)
        return run_fail(
            CTL_FAILED,
            "there is no systemd-creds here (it comes with systemd 250 and later); keep the secret in a "
            "file of mode 0600 that setpointd owns, and write {file: PATH} in the Cloud document");
    return run_fail(CTL_FAILED, "systemd-creds did not encrypt it (see above); nothing was changed");
}

static int drop_in_write(const char *name, const char *file)
{
    char path[PATH_SIZE];
    AUTO_TEXT struct text lines = {0};
    snprintf(path, sizeof path, DROP_INS "/credential-%s.conf", name);
    text_init(&lines, PATH_SIZE);
    text_addf(&lines, "# setpointctl credential set %s\n[Service]\nLoadCredentialEncrypted=%s:%s\n", name,
              name, file);
    if (mkdir(DROP_INS, 0755) != 0 && errno != EEXIST) return cannot_write(DROP_INS);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    bool put = fd >= 0 && fchmod(fd, 0644) == 0 && all_write(fd, lines.bytes, lines.length);
    int problem = errno;
    if (fd >= 0) close(fd);
    errno = problem;
    return put ? CTL_DONE : cannot_write(path);
}

static int for_the_unit(const char *name, const char *secret, size_t size)
{
    char file[PATH_SIZE];
    snprintf(file, sizeof file, CREDENTIALS "/%s.cred", name);
    if (mkdir(CREDENTIALS, 0700) != 0 && errno != EEXIST) return cannot_write(CREDENTIALS);
    int exit = encrypt(name, file, secret, size);
    if (exit == CTL_DONE) exit = drop_in_write(name, file);
    if (exit) return exit;
    return printf("%s is encrypted in %s\nwrite {credential: %s} in the Cloud document, then: systemctl "
                  "daemon-reload && "
                  "systemctl restart setpointd\n",
                  name, file, name) < 0
               ? CTL_FAILED
               : CTL_DONE;
}

int run_credential_set(struct run *run)
{
    char secret[SECRET_MAX + 1];
    const char *name = run->arguments[0], *file = run->values[OPTION_FILE];
    const struct form_row *form = form_row(FORM_CREDENTIAL);
    if (!form->check(name))
        return run_fail(CTL_USAGE, "\"%s\" is not %s: %s", name, form->title, form->sentence);
    ssize_t size = secret_read(name, secret);
    size_t used = size > 0 ? secret_trim(secret, (size_t)size) : 0;
    int exit;
    if (size < 0 || size > SECRET_MAX)
        exit = run_fail(CTL_FAILED, size < 0
                                        ? "the secret cannot be read from stdin"
                                        : "what stands on stdin is too long for a secret: more than 64 KiB");
    else if (used == 0)
        exit = run_fail(CTL_USAGE, "the secret is empty; give it on stdin");
    else
        exit = file ? encrypt(name, file, secret, used) : for_the_unit(name, secret, used);
    explicit_bzero(secret, sizeof secret);
    return exit;
}
