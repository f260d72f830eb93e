#ifndef SETPOINT_TESTS_SIM_WHY_H
#define SETPOINT_TESTS_SIM_WHY_H

#include <stdbool.h>
#include <stdint.h>

#include "tests/cloud/cloud.h"
#include "tests/sim/dice.h"
#include "tests/sim/fleet.h"
#include "tests/sim/restart.h"

/* Why not (promise `why`). A person who describes an object that is not as it should be reads a sentence,
   when it is tried again or that a person is waited for, and one word of a closed set that names what keeps
   its next call from being sent. Whether that is so is tried out: at some looks the world is copied (fork),
   its faults end, and in one copy exactly that is taken away: a call for the object must leave within its
   stated next try or 60 s, or it says what else is in the way, which is taken away then, too. In another copy
   something else is taken away that keeps another object: no call for this one. The run that was copied knows
   nothing of it.

   It reads what people read; the words, and what takes each away, are typed anew in why_words.c. */

enum { WHY_WORDS_MAX = 56, WHY_TEXT = 320, WHY_NAME = RESTART_OBJECT_WORDS };

struct why_note {      /* of one word */
    uint64_t seen;     /* described with it, in copies */
    uint64_t removed;  /* taken away … */
    uint64_t called;   /* … and a call left for the object */
    uint64_t mended;   /* … or nothing was left to do, or it was under way already */
    uint64_t controls; /* something else was taken away, and no call left */
};

struct why_object {      /* as described */
    char name[WHY_NAME]; /* "source/name", of a key pair "source/name@cloud" */
    char source[FLEET_NAME], object[FLEET_NAME];
    char word[WHY_TEXT]; /* "budget:prod"; "" = it is under way */
    char verdict[16], hold[16], server[CLOUD_ID_SIZE];
    char message[WHY_TEXT];
    int64_t next_ms; /* on the clouds' clock; -1 = not told */
    bool keypair;
};

struct why {
    bool wanted;
    struct dice dice;
    unsigned left; /* interventions that this seed may still have */
    bool due;
    char target[WHY_NAME]; /* of the one that is due, and in a copy */
    struct why_note notes[WHY_WORDS_MAX];
    bool copied;
    unsigned calls, repairs; /* in a copy: that left for the target; of our mark */
};

struct call;
struct world;

void why_draw(struct world *world, bool wanted);
/* A person has read status. */
void why_look(struct world *world);
bool why_is_due(const struct world *world);
void why_intervene(struct world *world, world_runner *run_until);
/* In a copy: this call is sent. */
void why_call(struct world *world, const struct call *call);

/* --- why_words.c --- */

enum why_end {             /* what taking it away came to */
               WHY_CANNOT, /* nothing in this world does */
               WHY_GONE,   /* done */
               WHY_WAITS   /* only time does: at the next try */
};
struct why_word {
    const char *word;
    enum why_end (*remove)(struct world *world, const struct why_object *object, const char *about);
    int64_t extra_ms; /* so much later than its next try may the call be, for what has to happen first */
    bool (*still)(const struct why_object *now); /* it could not be taken away after all; NULL = it could */
    bool edits;         /* a document is changed for it, and all of its source is read anew */
    bool leans;         /* another object's blocker going away may be what ends it */
    bool rare;          /* some seeds in ten thousand have it */
    const char *excuse; /* why a golden case shows it instead; NULL = it is taken away in the usual seeds */
};
/* Their number; the words themselves. */
unsigned why_words(const struct why_word **out_words);
/* The row that goes with "budget:prod"; NULL: no such word. *out_about is what stands behind the colon. */
const struct why_word *why_word_of(const char *text, const char **out_about);
/* Of looks at a status that has such a row, in permille, how many are followed by an intervention. */
unsigned why_chance(const char *reason);

/* --- why_report.c --- */

/* The table, and whether each word was tried as far as so many seeds can tell. */
bool why_report(const struct why_note *notes, uint64_t seeds);
void why_merge(struct why_note *to, const struct why_note *from);

#endif
