/* The switches of nhn-v1, the default first; tests/simcloud/switches says what each is about. */
#include "nhnv1.h"

#define POSITIONS(...)                                                                                       \
    {                                                                                                        \
        __VA_ARGS__, NULL                                                                                    \
    }

const struct dialect_switch v1_switches[] = {
    [V1_GONE] = {"gone", POSITIONS("code-5", "code-10404", "empty")},
    [V1_DELETE_REPLY] = {"delete-reply", POSITIONS("header", "nothing")},
    [V1_DELETE_TWICE] = {"delete-twice", POSITIONS("accepted", "conflict", "gone")},
    [V1_EXPIRED] = {"expired-token", POSITIONS("code-3", "code-50401", "code-10401", "http-401")},
    [V1_RESIZE_FROM] = {"resize-from", POSITIONS("any", "stopped")},
    [V1_REBOOT_FROM] = {"reboot-from", POSITIONS("any", "active")},
    [V1_ATTACH_FROM] = {"attach-from", POSITIONS("any", "active")},
    [V1_CONFIRM] = {"resize-confirm", POSITIONS("itself", "by-hand")},
    [V1_COUNT_NAMES] = {"count-names", POSITIONS("hyphen", "joined")},
    [V1_MAX_VOLUME] = {"max-volume-size", POSITIONS("absent", "present")},
    [V1_NAMES] = {"names", POSITIONS("repeatable", "unique")},
    [V1_THROTTLE] = {"throttle", POSITIONS("code-10429", "code-10413", "http-429")},
    [V1_FOREIGN_STATES] = {"foreign-states", POSITIONS("nova", "nearest", "unknown")},
    [V1_METADATA] = {"metadata", POSITIONS("shown", "empty")},
    [V1_FAILURE] = {"failure", POSITIONS("code-1", "code-2", "http-500")},
    [V1_NUMBERS] = {"numbers", POSITIONS("number", "text")},
    [V1_TIMES] = {"times", POSITIONS("micros", "seconds-z")},
    [V1_U2_VOLUME] = {"u2-volume", POSITIONS("refused", "ignored")},
    [V1_VOLUME_SIZE] = {"volume-size", POSITIONS("required", "optional")},
    [V1_IMAGE_MARKER] = {"image-marker", POSITIONS("behind", "with", "ignored")},
    [V1_FORBIDDEN] = {"denied-call", POSITIONS("code-10403", "code-3")},
    [V1_SWITCH_COUNT] = {NULL, {NULL}},
};
