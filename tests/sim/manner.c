#include "tests/sim/manner.h"

#include <stddef.h>

static const char *const names_of_images[FLEET_IMAGES] = {"Rocky Linux 9", "Ubuntu 22.04"};
static const char *const codes_of_images[FLEET_IMAGES] = {"img-rockylinux9", "img-ubuntu2204"};
static const char *const codes_of_groups[FLEET_GROUPS] = {"sg-db", "sg-default", "sg-web"};
static const char *const nhn_zones[FLEET_ZONES] = {"kr-pub-a", "kr-pub-b"};
static const char *const kakao_zones[FLEET_ZONES] = {"kr-central-2-a", "kr-central-2-b"};
static const char *const tencent_zones[FLEET_ZONES] = {"ap-guangzhou-3", "ap-guangzhou-4"};

static const struct manner manners[CLOUD_DIALECT_COUNT] = {
    [CLOUD_NHN_V2] = {.marks = MARKS_METADATA,
                      .shelves = true,
                      .renames = true,
                      .resizes = true,
                      .reboots = true,
                      .volumes = true,
                      .addresses = true,
                      .user_data = true,
                      .metadata = true,
                      .subnets = true,
                      .region = "KR1",
                      .keypair = "ops",
                      .subnet = FLEET_SUBNET,
                      .root_gib = "20",
                      .zones = nhn_zones,
                      .images = names_of_images,
                      .groups = fleet_groups},
    [CLOUD_OPENSTACK] = {.marks = MARKS_METADATA,
                         .shelves = true,
                         .renames = true,
                         .resizes = true,
                         .reboots = true,
                         .volumes = true,
                         .addresses = true,
                         .user_data = true,
                         .metadata = true,
                         .rebuilds = true,
                         .saves = true,
                         .rebuilds_local = true,
                         .region = "RegionOne",
                         .keypair = "ops",
                         .subnet = "Default Network",
                         .root_gib = "20",
                         .zones = nhn_zones,
                         .images = names_of_images,
                         .groups = fleet_groups},
    /* no rename, no metadata write, no shelve */
    [CLOUD_NHN_V1] = {.marks = MARKS_NOTHING,
                      .resizes = true,
                      .reboots = true,
                      .volumes = true,
                      .addresses = true,
                      .saves = true,
                      .subnets = true,
                      .region = "KR1",
                      .keypair = "ops",
                      .subnet = FLEET_SUBNET,
                      .root_gib = "20",
                      .zones = nhn_zones,
                      .images = names_of_images,
                      .groups = fleet_groups},
    /* reads lag behind a create: its vendor's client takes up to ten answers 404 */
    [CLOUD_KAKAOCLOUD] = {.marks = MARKS_DESCRIPTION,
                          .shelves = true,
                          .renames = true,
                          .resizes = true,
                          .reboots = true,
                          .volumes = true,
                          .addresses = true,
                          .user_data = true,
                          .rebuilds = true,
                          .subnets = true,
                          .hides_launch = true,
                          .region = "kr-central-2",
                          .keypair = "ops",
                          .subnet = FLEET_SUBNET,
                          .root_gib = "20",
                          .zones = kakao_zones,
                          .images = names_of_images,
                          .groups = fleet_groups,
                          .lag_ms = 2000},
    /* no reboot, no change of type, no key pairs; names are not resolved: manifests give codes */
    [CLOUD_TENCENT_GATEWAY] = {.marks = MARKS_NOTHING,
                               .renames = true,
                               .rebuilds = true,
                               .subnets = true,
                               .codes = true,
                               .region = "ap-guangzhou",
                               .subnet = "vpc-defaultnetwork/subnet-defaultsubnet",
                               .root_gib = "50",
                               .zones = tencent_zones,
                               .images = codes_of_images,
                               .groups = codes_of_groups,
                               .lag_ms = 1500},
};

const struct manner *manner_of(enum cloud_dialect dialect)
{
    return &manners[dialect];
}

void manner_fit(const struct manner *manner, struct wish *wish, const struct wish *before)
{
    if (!manner->shelves && wish->power == FLEET_SHELVED) wish->power = FLEET_STOPPED;
    if (!manner->volumes) wish->volume = 0;
    if (!manner->addresses) wish->address = 0;
    if (!manner->metadata) wish->team = 0;
    if (!manner->reboots) wish->restart_ms = 0;
    if (!manner->rebuilds) wish->rebuild_changed = false;
    if (!manner->saves) wish->snapshot = false;
    if (!manner->user_data) wish->user_data = 0;
    if (manner->codes) wish->mistake = FLEET_NO_MISTAKE;
    if (!before || wish->replace_changed) return;
    if (!manner->renames) wish->renamed = before->renamed;
    if (!manner->resizes) wish->flavor = before->flavor;
}
