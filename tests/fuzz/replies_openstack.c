#include "tests/fuzz/replies.h"

const char *const replies_provider = "openstack";
