#include "reconcile/cloud.h"

#include <stdio.h>
#include <string.h>

#include "reconcile/base/assert.h"
#include "reconcile/base/memory.h"
#include "reconcile/defaults.h"

struct cloud *cloud_new(const char *name)
{
    struct cloud *cloud = NEW(struct cloud);
    bool fits = text_copy(cloud->name, sizeof cloud->name, name);
    ASSERT(fits);
    cloud->pace_percent = 100 - PACE_UNDER_PERCENT;
    for (unsigned i = 0; i < CATALOGUE_KIND_COUNT; i++) {
        arena_init(&cloud->catalogues[i].arena);
        arena_init(&cloud->catalogues[i].coming_arena);
    }
    return cloud;
}

void cloud_free(struct cloud *cloud)
{
    for (unsigned i = 0; i < CATALOGUE_KIND_COUNT; i++) {
        arena_release(&cloud->catalogues[i].arena);
        arena_release(&cloud->catalogues[i].coming_arena);
        memory_free(cloud->catalogues[i].entries);
        memory_free(cloud->catalogues[i].coming);
    }
    ASSERT(cloud->intent_count == 0);
    servers_release(&cloud->servers);
    heap_release(&cloud->looks);
    memory_free(cloud->intents);
    memory_free(cloud->graves);
    memory_free(cloud->lanes);
    memory_free(cloud->capacities);
    memory_free(cloud->vanish_times);
    for (uint32_t i = 0; i < cloud->storm_count; i++)
        memory_free(cloud->storms[i].errors);
    memory_free(cloud->storms);
    memory_free(cloud);
}

bool cloud_has_list(const struct cloud *cloud)
{
    return cloud->complete_count > 0;
}

struct flight *cloud_flight(struct cloud *cloud, uint64_t call_id)
{
    for (uint32_t i = 0; i < cloud->flight_count; i++)
        if (cloud->flights[i].call_id == call_id) return &cloud->flights[i];
    return NULL;
}

void cloud_land(struct cloud *cloud, struct flight *flight)
{
    uint32_t place = (uint32_t)(flight - cloud->flights);
    ASSERT(place < cloud->flight_count);
    cloud->flights[place] = cloud->flights[--cloud->flight_count];
}

struct intent *cloud_intent(struct cloud *cloud, uint64_t id)
{
    for (uint32_t i = 0; i < cloud->intent_count; i++)
        if (cloud->intents[i]->id == id) return cloud->intents[i];
    return NULL;
}

struct capacity_key *cloud_capacity(struct cloud *cloud, const char *zone, const char *flavor, bool add)
{
    for (uint32_t i = 0; i < cloud->capacity_count; i++) {
        struct capacity_key *key = &cloud->capacities[i];
        if (strcmp(key->zone, zone) == 0 && strcmp(key->flavor, flavor) == 0) return key;
    }
    if (!add) return NULL;
    ROW_RESERVE(cloud->capacities, cloud->capacity_count, cloud->capacity_room);
    struct capacity_key *key = &cloud->capacities[cloud->capacity_count++];
    *key = (struct capacity_key){0};
    text_copy(key->zone, sizeof key->zone, zone);
    text_copy(key->flavor, sizeof key->flavor, flavor);
    return key;
}

bool cloud_is_warm(const struct cloud *cloud)
{
    int64_t due = cloud->first_complete_ms + cloud_settle_ms(cloud);
    return cloud->first_complete_ms > 0 && cloud->complete_begun_ms[0] >= due;
}

int64_t cloud_settle_ms(const struct cloud *cloud)
{
    return cloud->config ? cloud->config->settle_ms : 3 * MINUTE_MS;
}

int64_t cloud_interval_ms(const struct cloud *cloud)
{
    return cloud->config ? cloud->config->poll_interval_ms : 30 * SECOND_MS;
}

bool cloud_refuses_list(const struct cloud *cloud)
{
    return cloud->list_refusals >= BREAKER_FAILURES;
}

bool cloud_list_fails(const struct cloud *cloud)
{
    return cloud_refuses_list(cloud) || cloud->list_broken;
}

void cloud_list_problem(const struct cloud *cloud, char *out, size_t size)
{
    snprintf(out, size,
             "the list of servers of cloud %s does not come to its end: %s; nothing is known but the last "
             "whole list",
             cloud->name, cloud->list_message);
}

bool cloud_is_throttled(const struct cloud *cloud, int64_t now_ms)
{
    return cloud->throttled_until_ms >= now_ms + THROTTLE_TOLD_MS;
}

bool cloud_is_elsewhere(const struct cloud *cloud)
{
    return cloud->place[0] != '\0' && cloud->pinned_place[0] != '\0' &&
           !text_equal_nocase(cloud->place, cloud->pinned_place);
}

bool cloud_problem(const struct cloud *cloud, char *out, size_t size)
{
    if (cloud->wrong_project && cloud_is_elsewhere(cloud))
        snprintf(
            out, size,
            "cloud %s is region %s now, and what is known of it was in %s; put the Cloud's region back (each "
            "region is a Cloud of its own), or accept it: setpointctl approve",
            cloud->name, cloud->place, cloud->pinned_place);
    else if (cloud->wrong_project && cloud->config && cloud->config->expect_project)
        snprintf(
            out, size,
            "the token of cloud %s is for project %s, not the one that its document expects (%s); correct "
            "the Cloud's auth, or its expect.project",
            cloud->name, cloud->fingerprint, cloud->config->expect_project);
    else if (cloud->wrong_project)
        snprintf(out, size,
                 "the token of cloud %s is for project %s, not the one it was pinned to (%s); correct the "
                 "Cloud's auth, or accept the project: setpointctl approve",
                 cloud->name, cloud->fingerprint, cloud->pinned);
    else if (cloud->session == SESSION_FAILED)
        snprintf(out, size, "cloud %s: %s", cloud->name, cloud->session_message);
    else if (cloud->outages >= BREAKER_FAILURES)
        snprintf(out, size, "cloud %s does not answer: %s", cloud->name, cloud->breaker_message);
    else if (cloud_refuses_list(cloud))
        snprintf(
            out, size,
            "cloud %s refuses to list its servers: %s; check the Cloud's endpoint, and the rights of its "
            "user",
            cloud->name, cloud->list_message);
    else if (cloud->list_broken)
        cloud_list_problem(cloud, out, size);
    else
        return false;
    return true;
}
