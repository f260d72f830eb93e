#!/usr/bin/env python3
"""The 300 servers of the tests with real faults: their manifests before and after the change, and the judge of both.

usage: fleet.py manifests before|after
       fleet.py judge before|after STRANGERS <- {"servers": [...], "objects": {...}, "records": [...], "counters": {...}}

The judge reads only what the simulated cloud has recorded: all servers that ever were, how many of an object lived at
the same time, every request. It prints what is wrong and ends with 1.
"""
import json
import sys

# What the change does to so many servers.
GROUPS = {"come": 100, "go": 40, "stop": 60, "resize": 60, "replace": 40}
OWNER = "house"
SUBNET = "b83863ff-0355-4c73-8c10-0bdf66a69aab"
IMAGES = {"before": "Rocky Linux 9", "after": "Ubuntu 22.04"}


def names(group):
    return [f"{group}-{i:03}" for i in range(1, GROUPS[group] + 1)]


def wanted(when):
    """name -> (status, flavor, batch, replaced) of what is to be there."""
    after = when == "after"
    there = {}
    for group in GROUPS:
        if group == ("go" if after else "come"):
            continue
        for name in names(group):
            there[name] = (
                "SHUTOFF" if after and group in ("stop", "resize") else "ACTIVE",
                "m2.c2m4" if after and group == "resize" else "m2.c1m2",
                when,
                group == "replace",
            )
    return there


def manifests(when):
    for name, (status, flavor, batch, replaced) in wanted(when).items():
        print(f"---\napiVersion: setpoint/v1\nkind: Instance\nmetadata: {{name: {name}}}\nspec:")
        print(f"  cloud: sim-kr1\n  networks: [{{subnet: {SUBNET}}}]\n  zone: kr-pub-a\n  rootDisk: {{size: 20GiB}}")
        print(f"  flavor: {flavor}\n  image: {IMAGES[when if replaced else 'before']}")
        print(f"  metadata: {{batch: {batch}}}")
        print("  power: " + ("stopped" if status == "SHUTOFF" else "running"))
        if replaced:
            print("  lifecycle: {onImmutableChange: replace}")


def judge_present(when, servers, wrong):
    there = {}
    for server in servers:
        if server["by_request"] and server["exists"]:
            there.setdefault(server["name"], []).append(server)
    plan = wanted(when)
    for name, (status, flavor, batch, _) in plan.items():
        found = there.pop(name, [])
        if len(found) != 1:
            wrong(f"{name}: {len(found)} servers")
            continue
        server = found[0]
        if (server["status"], server["flavor"]) != (status, flavor):
            wrong(f"{name}: {server['status']} {server['flavor']} instead of {status} {flavor}")
        words = server["metadata"]
        if [words.get(key) for key in ("setpoint.owner", "setpoint.object", "batch")] != [OWNER, f"prod/{name}", batch]:
            wrong(f"{name}: its metadata are {words}")
    for name in there:
        wrong(f"{name}: an orphan, nobody wants it")


def judge_history(when, servers, objects, wrong):
    """No object had more servers than the change needs, neither at once nor one after the other."""
    ever, gone = {}, {}
    for server in servers:
        if server["by_request"]:
            ever[server["object"]] = ever.get(server["object"], 0) + 1
            gone[server["object"]] = gone.get(server["object"], 0) + (not server["exists"])
    for group in GROUPS:
        for name in names(group):
            both = group == "replace" and when == "after"
            needed = 0 if group == "come" and when == "before" else 2 if both else 1
            leaves = int(when == "after" and group in ("go", "replace"))
            name = f"prod/{name}"
            most = objects.pop(name, {"live_max": 0})["live_max"]
            if most > needed:
                wrong(f"{name}: {most} servers at the same time")
            if ever.pop(name, 0) != needed:
                wrong(f"{name}: not {needed} servers were made")
            if gone.get(name, 0) != leaves:
                wrong(f"{name}: {gone.get(name, 0)} servers are gone instead of {leaves}")
    for name in ever:
        wrong(f"{name}: a server of no object")


def judge_strangers(servers, before, wrong):
    now = [s for s in servers if not s["by_request"]]
    for old, new in zip(before, now):
        if old != new:
            wrong(f"the stranger {old['name']} is changed: {old} {new}")
    if len(now) != len(before) or not before:
        wrong(f"{len(now)} strangers instead of {len(before)}")


def judge_records(records, counters, wrong):
    for record in records:
        if record["foreign"] and record["mutating"]:
            wrong(f"a stranger was asked: {record}")
        if record["illegal"]:
            wrong(f"an illegal call: {record}")
    if counters["object_live_max"] > 2:
        wrong(f"{counters['object_live_max']} servers of one object at the same time")


def judge(when, strangers):
    seen = json.load(sys.stdin)
    mistakes = []
    judge_present(when, seen["servers"], mistakes.append)
    judge_history(when, seen["servers"], seen["objects"], mistakes.append)
    judge_strangers(seen["servers"], json.load(open(strangers, encoding="utf-8")), mistakes.append)
    judge_records(seen["records"], seen["counters"], mistakes.append)
    print(*mistakes[:20], sep="\n")
    return bool(mistakes)


if __name__ == "__main__":
    if sys.argv[1] == "manifests":
        manifests(sys.argv[2])
    else:
        sys.exit(judge(sys.argv[2], sys.argv[3]))
