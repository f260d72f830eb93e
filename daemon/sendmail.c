#include "daemon/sendmail.h"

#include <limits.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "reconcile/base/memory.h"

enum {
    HANDLES = 4,
    GRACE_MS =
        1000 /* what it said may arrive after its end; a child that it left may hold the pipe for ever */
};

struct sendmail {
    uv_process_t process;
    uv_pipe_t input, errors;
    uv_timer_t timer; /* first its time, then the grace */
    uv_write_t write;
    char *program, *mail;
    int64_t timeout_ms;
    sendmail_done *done; /* NULL: nobody waits any more */
    void *ctx;
    int start_error;
    bool exited, errors_ended, late;
    int64_t status;
    int signal;
    char said[SENDMAIL_PROBLEM_MAX / 2];
    size_t said_size;
    unsigned open_handles;
};

static void on_closed(uv_handle_t *handle)
{
    struct sendmail *sendmail = handle->data;
    if (--sendmail->open_handles > 0) return;
    memory_free(sendmail->program);
    memory_free(sendmail->mail);
    memory_free(sendmail);
}

static void handles_close(struct sendmail *sendmail)
{
    uv_handle_t *const handles[HANDLES] = {(uv_handle_t *)&sendmail->process, (uv_handle_t *)&sendmail->input,
                                           (uv_handle_t *)&sendmail->errors, (uv_handle_t *)&sendmail->timer};
    for (unsigned i = 0; i < HANDLES; i++)
        if (!uv_is_closing(handles[i])) uv_close(handles[i], on_closed);
}

static void session_kill(const struct sendmail *sendmail)
{
    if (!sendmail->start_error && !sendmail->exited) kill(-sendmail->process.pid, SIGKILL);
}

/* What it said, cut at the end of its first line. */
static void add_said(const struct sendmail *sendmail, char *problem, size_t size)
{
    size_t used = strlen(problem);
    if (sendmail->said_size > 0)
        snprintf(problem + used, size - used, ": %.*s", (int)strcspn(sendmail->said, "\r\n"), sendmail->said);
}

static void problem_write(const struct sendmail *sendmail, char *problem, size_t size)
{
    if (sendmail->start_error)
        snprintf(problem, size, "cannot be started (%s); install it, or name another: sendmail",
                 uv_strerror(sendmail->start_error));
    else if (sendmail->late)
        snprintf(problem, size, "did not end within %lld s and was killed",
                 (long long)(sendmail->timeout_ms / 1000));
    else if (sendmail->signal)
        snprintf(problem, size, "was ended by signal %d", sendmail->signal);
    else
        snprintf(problem, size, "ended with status %lld", (long long)sendmail->status);
    add_said(sendmail, problem, size);
}

static void sendmail_finish(struct sendmail *sendmail)
{
    char problem[SENDMAIL_PROBLEM_MAX];
    sendmail_done *done = sendmail->done;
    bool taken = sendmail->exited && sendmail->status == 0 && sendmail->signal == 0;
    sendmail->done = NULL;
    if (!done) return;
    if (!taken) problem_write(sendmail, problem, sizeof problem);
    handles_close(sendmail);
    done(sendmail->ctx, taken ? NULL : problem, sendmail->exited && sendmail->status == EX_DATAERR);
}

/* Killed, it is still waited for, or it would stay as a zombie. */
static void on_time(uv_timer_t *timer)
{
    struct sendmail *sendmail = timer->data;
    if (sendmail->start_error || sendmail->exited || sendmail->late) {
        sendmail_finish(sendmail);
        return;
    }
    sendmail->late = true;
    session_kill(sendmail);
    uv_timer_start(timer, on_time, GRACE_MS, 0);
}

static void on_exit(uv_process_t *process, int64_t status, int signal)
{
    struct sendmail *sendmail = process->data;
    sendmail->exited = true;
    sendmail->status = status;
    sendmail->signal = signal;
    if (sendmail->errors_ended)
        sendmail_finish(sendmail);
    else
        uv_timer_start(&sendmail->timer, on_time, GRACE_MS, 0);
}

static void on_errors_room(uv_handle_t *handle, size_t suggested, uv_buf_t *out)
{
    static char room[4096]; /* the loop is one thread, and it is read at once */
    (void)handle, (void)suggested;
    *out = uv_buf_init(room, sizeof room);
}

static void on_errors(uv_stream_t *stream, ssize_t size, const uv_buf_t *buffer)
{
    struct sendmail *sendmail = stream->data;
    if (size < 0) {
        sendmail->errors_ended = true;
        uv_read_stop(stream);
        if (sendmail->exited) sendmail_finish(sendmail);
        return;
    }
    size_t room = sizeof sendmail->said - 1 - sendmail->said_size; /* the rest is read and dropped */
    size_t taken = (size_t)size < room ? (size_t)size : room;
    memcpy(sendmail->said + sendmail->said_size, buffer->base, taken);
    sendmail->said_size += taken;
}

static void on_written(uv_write_t *write, int status)
{
    struct sendmail *sendmail = write->data;
    (void)status; /* it may end without reading: its status says what that means */
    if (!uv_is_closing((uv_handle_t *)&sendmail->input)) uv_close((uv_handle_t *)&sendmail->input, on_closed);
}

static int process_start(struct sendmail *sendmail, uv_loop_t *loop)
{
    char recipients_inside[] = "-t", no_dot_ends[] = "-i";
    char *arguments[] = {sendmail->program, recipients_inside, no_dot_ends, NULL};
    uv_stdio_container_t stdio[3] = {
        {.flags = UV_CREATE_PIPE | UV_READABLE_PIPE, .data.stream = (uv_stream_t *)&sendmail->input},
        {.flags = UV_IGNORE},
        {.flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE, .data.stream = (uv_stream_t *)&sendmail->errors}};
    uv_process_options_t options = {.exit_cb = on_exit,
                                    .file = sendmail->program,
                                    .args = arguments,
                                    .cwd = "/",
                                    .flags = UV_PROCESS_DETACHED,
                                    .stdio_count = 3,
                                    .stdio = stdio};
    /* Some libraries open theirs without O_CLOEXEC; it shall not hold connections of ours. */
    (void)close_range(STDERR_FILENO + 1, UINT_MAX, CLOSE_RANGE_CLOEXEC);
    return uv_spawn(loop, &sendmail->process, &options);
}

struct sendmail *sendmail_start(uv_loop_t *loop, const char *program, const char *mail, size_t size,
                                int64_t timeout_ms, sendmail_done *done, void *ctx)
{
    struct sendmail *sendmail = NEW(struct sendmail);
    sendmail->program = memory_copy_text(program);
    sendmail->mail = memory_alloc(size);
    memcpy(sendmail->mail, mail, size);
    sendmail->timeout_ms = timeout_ms;
    sendmail->done = done;
    sendmail->ctx = ctx;
    sendmail->open_handles = HANDLES;
    uv_pipe_init(loop, &sendmail->input, 0);
    uv_pipe_init(loop, &sendmail->errors, 0);
    uv_timer_init(loop, &sendmail->timer);
    sendmail->start_error = process_start(sendmail, loop);
    sendmail->process.data = sendmail->input.data = sendmail->errors.data = sendmail->timer.data =
        sendmail->write.data = sendmail;
    uv_update_time(loop);
    uv_timer_start(&sendmail->timer, on_time, sendmail->start_error ? 0 : (uint64_t)timeout_ms, 0);
    if (sendmail->start_error) return sendmail;
    uv_buf_t buffer = uv_buf_init(sendmail->mail, (unsigned)size);
    uv_write(&sendmail->write, (uv_stream_t *)&sendmail->input, &buffer, 1, on_written);
    uv_read_start((uv_stream_t *)&sendmail->errors, on_errors_room, on_errors);
    return sendmail;
}

void sendmail_cancel(struct sendmail *sendmail)
{
    sendmail->done = NULL;
    session_kill(sendmail);
    handles_close(sendmail);
}
