#ifndef SETPOINT_TESTS_GOLDEN_PLAY_H
#define SETPOINT_TESTS_GOLDEN_PLAY_H

#include "reconcile/effect.h"
#include "reconcile/event.h"
#include "reconcile/step.h"
#include "tests/golden/setting.h"
#include "tests/golden/world.h"

/* One case under way: the core, driven by events that the case's lines make, and all that it answers with.
   Looks are answered from the world after LOOK_TAKES_MS; saves at once; calls only when the case says so.
   Time passes in `wait` only. What comes out is appended to `out` as lines. */

enum { LOOK_TAKES_MS = 20, SPIN_MAX = 1000 /* steps at one moment: more is a busy loop */ };

enum asked { ASKED_LIST, ASKED_GET, ASKED_CATALOGUE, ASKED_COUNT };

struct answering { /* how looks of one kind are answered */
    bool silent;
    enum reply_kind kind;
    const char *message;
    uint32_t page; /* rows of a list page; 0 = all */
    int64_t total; /* -1 = none told */
    bool circle;   /* behind the last page comes the first one */
};

struct coming { /* a reply on its way */
    int64_t due_ms;
    struct event event;
    struct arena arena;
};

struct open_call {
    struct call call;
    int64_t sent_ms;
};

enum saves { SAVES_GOOD, SAVES_FAIL, SAVES_HELD };
enum posts { POSTS_TAKEN, POSTS_REFUSED, POSTS_HELD };

struct manifest_set {
    char source[33];
    const char *text; /* YAML; NULL = the directory is missing */
};

struct play {
    struct arena arena; /* as long as the case */
    struct text *out;
    struct setting setting;
    struct world world;

    struct state *state; /* NULL before `start` */
    struct effects effects;
    int64_t jumped_ms; /* so far our wall clock has been set from the clouds' */
    struct now now;
    int64_t start_boot_ms;
    struct event *events; /* of the next step */
    uint32_t event_count, event_room;
    struct coming *comings;
    uint32_t coming_count, coming_room;

    struct open_call *open;
    uint32_t open_count, open_room;
    struct answering answers[ASKED_COUNT];
    bool looks_shown;
    bool looks_doubled; /* each is answered a second time, a little later */

    enum saves saves;
    uint64_t *held;
    uint32_t held_count, held_room;
    unsigned starts; /* each draws from another entropy */
    enum posts posts;
    const char *post_problem;
    bool post_blames;                 /* refused for what it says */
    const char **posted, **post_open; /* ids: in the order in which they came first, and not answered yet */
    uint32_t posted_count, posted_room, post_open_count, post_open_room;
    struct record *rows; /* the ledger's */
    uint32_t row_count, row_room;
    enum ledger_state ledger;

    struct manifest_set manifests[SETTINGS_MAX];
    unsigned manifest_count;
    struct text tells;
    bool stop; /* the rest makes no sense any more */
};

void play_init(struct play *play, struct text *out);
void play_release(struct play *play);

/* --- play.c: time and effects --- */
void play_start(struct play *play);
/* Our wall clock is set forward. */
void play_jump(struct play *play, int64_t by_ms);
void play_until(struct play *play, int64_t boot_ms);
struct event *play_event(struct play *play, enum event_kind kind);
void play_config(struct play *play);
void play_manifests(struct play *play, const struct manifest_set *set);
/* The source's directory as it is. */
void play_read(struct play *play, const char *source);
void play_restart(struct play *play);

/* --- look_answer.c: what looks are answered with --- */
void look_answer(struct play *play, const struct call *call);

/* --- post.c: notifications --- */
void post_take(struct play *play, const struct notification *notification);
void post_set(struct play *play, enum posts posts, const char *problem, bool blames);
void post_forget(struct play *play);

/* --- rows.c: the ledger --- */
void rows_take(struct play *play, const struct record *records, uint32_t count);
/* The row with that one's key, or NULL. */
const struct record *rows_find(const struct play *play, const struct record *key);

/* --- written.c --- */
/* What is known of each object stands in the ledger, or is to be written with the next save: else a line says
 * so. */
void written_check(struct play *play);

/* --- act.c: the lines --- */
/* `block`: the indented lines below. False: no such line. */
bool act(struct play *play, const char *line, const char *const *block, uint32_t block_count);

/* --- act_drawn.c: lines for fleets that no person writes. False: no such line --- */
bool act_drawn(struct play *play, const struct words *words, const char *const *block, uint32_t block_count);

#endif
