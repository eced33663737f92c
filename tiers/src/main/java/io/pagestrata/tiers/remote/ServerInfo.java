// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.remote;

import java.util.HashMap;
import java.util.Map;

/**
 * What a server tells about itself, as far as it matters here.
 *
 * @param runId another one after each start
 * @param cluster whether it is part of a cluster
 * @param master whether it takes writes
 * @param history id of the writes that it goes on from, another one once it became master
 * @param replicas how many follow it
 * @param policy {@code maxmemory-policy}
 * @param maxBytes {@code maxmemory}, 0 for none
 * @param usedBytes memory in use
 * @param evictedKeys keys evicted since its start
 * @param expiredKeys keys that expired since its start
 * @param keys keys that it holds
 */
record ServerInfo(
    String runId,
    boolean cluster,
    boolean master,
    String history,
    long replicas,
    String policy,
    long maxBytes,
    long usedBytes,
    long evictedKeys,
    long expiredKeys,
    long keys) {
  private static final String SAFE_POLICY = "noeviction";

  /** A server that was full is tried again below this share of its memory. */
  private static final double ROOM_SHARE = 0.95;

  /** Reads the answer to INFO. */
  static ServerInfo parse(String text) {
    Map<String, String> fields = new HashMap<>();
    for (String line : text.split("\r?\n")) {
      int colon = line.indexOf(':');
      if (colon > 0) {
        fields.put(line.substring(0, colon), line.substring(colon + 1));
      }
    }
    return new ServerInfo(
        fields.getOrDefault("run_id", ""),
        "1".equals(fields.get("cluster_enabled")),
        "master".equals(fields.get("role")),
        fields.getOrDefault("master_replid", ""),
        number(fields.get("connected_slaves")),
        fields.getOrDefault("maxmemory_policy", "unknown"),
        number(fields.get("maxmemory")),
        number(fields.get("used_memory")),
        number(fields.get("evicted_keys")),
        number(fields.get("expired_keys")),
        keys(fields.getOrDefault("db0", "keys=0,")));
  }

  /** Such as {@code keys=12,expires=1,avg_ttl=9000}. */
  private static long keys(String database) {
    return number(database.substring("keys=".length(), database.indexOf(',')));
  }

  private static long number(String text) {
    return text == null ? 0 : Long.parseLong(text);
  }

  boolean hasRoom() {
    return maxBytes == 0 || usedBytes < ROOM_SHARE * maxBytes;
  }

  /** Why zpages must not be kept there, or null. */
  String complaint() {
    if (!policy.equals(SAFE_POLICY)) {
      return "its maxmemory-policy is "
          + policy
          + ", which drops pages silently; set it to "
          + SAFE_POLICY;
    }
    return null;
  }
}
