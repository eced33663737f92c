// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.remote;

import java.util.ArrayList;
import java.util.List;

/**
 * Which master serves which hash slots, read from the answer to CLUSTER NODES.
 *
 * @param addresses {@code host:port} of each master that serves slots
 * @param owners for each hash slot an index in the addresses, or -1
 */
record SlotMap(List<String> addresses, int[] owners) {
  /** Reads the answer; nodes that others gave up are left out, so their slots are nobody's. */
  static SlotMap parse(String clusterNodes, String askedHost) {
    List<String> addresses = new ArrayList<>();
    int[] owners = new int[Keys.hashSlots()];
    java.util.Arrays.fill(owners, -1);
    for (String line : clusterNodes.split("\n")) {
      String[] words = line.trim().split(" ");
      if (words.length < 9 || !isUsable(words[2])) {
        continue;
      }
      int index = addresses.size();
      addresses.add(address(words[1], askedHost));
      for (int i = 8; i < words.length; i++) {
        assign(owners, words[i], index);
      }
    }
    return new SlotMap(List.copyOf(addresses), owners);
  }

  private static boolean isUsable(String flags) {
    List<String> all = List.of(flags.split(","));
    return all.contains("master") && !all.contains("fail") && !all.contains("noaddr");
  }

  /** Such as {@code 10.0.0.1:7000@17000,name}; a node that knows no address of its own says "". */
  private static String address(String word, String askedHost) {
    String hostAndPort = word.split("[@,]", 2)[0];
    return hostAndPort.startsWith(":") ? askedHost + hostAndPort : hostAndPort;
  }

  private static void assign(int[] owners, String range, int index) {
    if (range.startsWith("[")) {
      return; // a slot on its way to another node is still served here
    }
    String[] ends = range.split("-");
    int last = Integer.parseInt(ends[ends.length - 1]);
    for (int slot = Integer.parseInt(ends[0]); slot <= last; slot++) {
      owners[slot] = index;
    }
  }
}
