#include "tests/sim/fleet.h"

#include <stdio.h>
#include <string.h>

#include "tests/sim/grow.h"

const char *const fleet_flavors[FLEET_FLAVORS] = {"m2.c1m2", "m2.c2m4", "m2.c4m8", "m2.c8m16"};
const char *const fleet_groups[FLEET_GROUPS] = {"db", "default", "web"};
const char *const fleet_volumes[FLEET_VOLUMES] = {
    "a07f71dc-8151-4e7d-a0cc-cd24a3f11113", "b5a7c2a4-61d0-4f0c-9f3e-6f0b8d1c2e24",
    "c9e4d6b8-2f7a-4b1d-8a5c-7e1f9a3b4c35", "d1f3e5a7-9b2c-4d6e-8f01-23456789ab46"};
const char *const fleet_addresses[FLEET_ADDRESSES] = {"203.0.113.10", "203.0.113.11"};
const char *const fleet_news[FLEET_NEWS] = {"Converged", "Waiting", "Blocked", "Failing", "Brake"};
const char *const fleet_powers[] = {"running", "stopped", "shelved"};
const char *const fleet_public_keys[FLEET_PUBLIC_KEYS] = {
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINm83e7xpf18iOdT7T7WW6TVlkxTHBWf/qfzcJObNc2H one@example",
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIB7FVElYgPjmIRauVfWpMR5bIeGlrBMw+C9eqAgz01y two@example",
    "ecdsa-sha2-nistp256 "
    "AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBNEKuKDoHzxgyjEFAL9yuW7YQ4Ia5EEnYGoxf1EJ8UqYeBI9uMzo"
    "OdKDkaX4W7AtZr+B4yY+YxCWUyS1fOEOlDc= three@example",
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPnfTXX/ku/cirJHIxc0Nlf7acBjwADY9bV6UTacAdXw stranger@example",
};

void wish_draw(struct wish *wish, struct dice *dice, unsigned clouds)
{
    static const enum fleet_power powers[] = {FLEET_RUNNING, FLEET_RUNNING, FLEET_RUNNING, FLEET_RUNNING,
                                              FLEET_STOPPED, FLEET_STOPPED, FLEET_SHELVED};
    wish->present = true;
    wish->cloud = (unsigned)dice_below(dice, clouds);
    wish->flavor = (unsigned)dice_below(dice, FLEET_FLAVORS);
    wish->image = (unsigned)dice_below(dice, FLEET_IMAGES);
    wish->zone = (unsigned)dice_below(dice, FLEET_ZONES);
    wish->groups = 1 + (unsigned)dice_below(dice, (1 << FLEET_GROUPS) - 1);
    wish->team = (unsigned)dice_below(dice, 4);
    wish->power = powers[dice_below(dice, sizeof powers / sizeof *powers)];
    wish->protect = dice_chance(dice, 100);
    wish->ignores_flavor = dice_chance(dice, 60);
    wish->on_error = (enum fleet_on_error)dice_below(dice, 3);
    wish->create_only = dice_chance(dice, 500);
    wish->replace_changed = dice_chance(dice, 300);
    wish->replace_stuck = !dice_chance(dice, 250);
    wish->rebuild_changed = dice_chance(dice, 350);
    wish->snapshot = dice_chance(dice, 250);
    wish->stop_for_ms = dice_chance(dice, 250) ? dice_between(dice, 1, 60) * 1000 : 0;
}

void wish_server_name(const struct wish *wish, char out[FLEET_NAME + 8])
{
    if (wish->renamed)
        snprintf(out, FLEET_NAME + 8, "%s-r%u", wish->name, wish->renamed % 100);
    else
        snprintf(out, FLEET_NAME + 8, "%s", wish->name);
}

/* What is before the needles and they themselves are multiples of three bytes: so is their base64 whole. */
void wish_user_data(const struct wish *wish, char out[FLEET_USER_DATA_SIZE])
{
    snprintf(out, FLEET_USER_DATA_SIZE,
             "#!/bin/sh\n# " FLEET_NEEDLE FLEET_NEEDLE FLEET_NEEDLE FLEET_NEEDLE
             "%06u" FLEET_NEEDLE FLEET_NEEDLE FLEET_NEEDLE FLEET_NEEDLE "\n",
             wish->user_data);
}

void wish_team(const struct wish *wish, char out[16])
{
    snprintf(out, 16, "t%u", wish->team);
}

struct manifest manifest_copy(const struct manifest *from)
{
    struct manifest copy = *from;
    copy.wishes = grow_to(NULL, from->count * sizeof *copy.wishes);
    if (from->count) memcpy(copy.wishes, from->wishes, from->count * sizeof *copy.wishes);
    return copy;
}

void manifest_release(struct manifest *manifest)
{
    free(manifest->wishes);
    *manifest = (struct manifest){0};
}

struct wish *manifest_find(const struct manifest *manifest, const char *name)
{
    for (unsigned i = 0; i < manifest->count; i++)
        if (strcmp(manifest->wishes[i].name, name) == 0) return &manifest->wishes[i];
    return NULL;
}

unsigned manifest_present(const struct manifest *manifest)
{
    unsigned present = 0;
    for (unsigned i = 0; i < manifest->count; i++)
        present += manifest->wishes[i].present;
    return present;
}
