// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.remote;

import static io.pagestrata.integration.remote.RemoteRig.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.TierFailureException;
import io.pagestrata.daemon.redis.LocalCluster;
import io.pagestrata.daemon.redis.LocalServer;
import io.pagestrata.integration.support.TestServers;
import io.pagestrata.tiers.remote.RemoteSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Hash slots of a real cluster move to another master, key by key, while pages rest in them. The
 * old master answers ASK where a key has moved, and TRYAGAIN where only some of several have.
 */
@Timeout(120)
class RemoteReshardingTest {
  private static final int PAGES = 1000;

  private LocalCluster cluster;
  private RemoteSettings settings;
  private LocalServer from;
  private LocalServer to;

  /** Keys of the master that gives slots away, by slot. */
  private final SortedMap<Integer, List<String>> keys = new TreeMap<>();

  @TempDir private Path directory;

  @BeforeEach
  void start() throws IOException {
    cluster = TestServers.openCluster();
    settings = RemoteRig.settings(cluster.master(0).uri());
    from = cluster.master(1);
    to = cluster.master(2);
  }

  @AfterEach
  void end() throws IOException {
    cluster.close();
  }

  @Test
  void pagesOfSlotsThatMoveComeFromTheirMirrors() throws Exception {
    try (RemoteRig rig = RemoteRig.open(directory, settings)) {
      rig.put(0, PAGES, 1);
      rig.writeBack();
      beginToMove();
      rig.assertPages(0, PAGES, 1);
      assertThat(rig.file().reads()).as("reads of mirrors").isPositive();
      rig.put(0, PAGES / 2, 2);
      rig.writeBack();
      rig.assertPages(0, PAGES / 2, 2);
      endMoving();
      rig.assertPages(PAGES / 2, PAGES / 2, 1);
      await("reads to need no mirror any more", () -> needsNoMirror(rig));
      assertThat(rig.small.check()).isEqualTo(PAGES);
    }
  }

  @Test
  void pagesWithoutMirrorsAreThereWhenTheirSlotsHaveMoved() throws Exception {
    try (RemoteRig rig = RemoteRig.open(directory, settings.withReplicas(1))) {
      rig.put(0, PAGES, 1);
      rig.writeBack();
      assertThat(rig.file().zpages()).isZero();
      beginToMove();
      assertThat(isReadable(rig)).as("without any page that cannot be read for now").isFalse();
      endMoving();
      await("every page to be readable", () -> isReadable(rig));
      assertThat(rig.small.check()).isEqualTo(PAGES);
    }
  }

  /** Of each slot moves half of the keys, and of the first one every key. */
  private void beginToMove() {
    Map<String, List<String>> groups = new HashMap<>();
    for (String line : from.askAll("KEYS ps:*:{*").split("\r\n")) {
      if (line.startsWith("ps:")) {
        groups
            .computeIfAbsent(line.substring(0, line.indexOf('}')), absent -> new ArrayList<>())
            .add(line);
      }
    }
    groups
        .values()
        .forEach(
            all -> {
              String slot = from.ask("CLUSTER KEYSLOT " + all.get(0)).substring(1);
              keys.put(Integer.parseInt(slot), all);
            });
    keys.forEach(
        (slot, all) -> {
          assertOk(to.ask("CLUSTER SETSLOT " + slot + " IMPORTING " + id(from)));
          assertOk(from.ask("CLUSTER SETSLOT " + slot + " MIGRATING " + id(to)));
          move(slot.equals(keys.firstKey()) ? all : all.subList(0, (all.size() + 1) / 2));
        });
    List<String> moved = keys.get(keys.firstKey());
    assertThat(from.ask("GET " + moved.get(0))).startsWith("-ASK ");
    List<String> half = keys.values().stream().filter(all -> all.size() > 1).toList().get(1);
    assertThat(from.ask("MGET " + String.join(" ", half))).startsWith("-TRYAGAIN ");
  }

  private void move(List<String> all) {
    assertOk(
        from.ask("MIGRATE 127.0.0.1 " + to.port() + " \"\" 0 20000 KEYS " + String.join(" ", all)));
  }

  private void endMoving() {
    keys.forEach(
        (slot, all) -> {
          if (!slot.equals(keys.firstKey())) {
            move(all.subList((all.size() + 1) / 2, all.size()));
          }
          for (LocalServer server : List.of(to, from, cluster.master(0))) {
            assertOk(server.ask("CLUSTER SETSLOT " + slot + " NODE " + id(to)));
          }
        });
  }

  private static String id(LocalServer server) {
    return server.askAll("CLUSTER MYID").split("\r\n")[1];
  }

  /** A key may have gone meanwhile, since its page was put again. */
  private static void assertOk(String answer) {
    assertThat(answer).isIn("+OK", "+NOKEY");
  }

  private static boolean needsNoMirror(RemoteRig rig) {
    long before = rig.file().reads();
    rig.assertPages(0, PAGES / 2, 2);
    rig.assertPages(PAGES / 2, PAGES / 2, 1);
    return rig.file().reads() == before;
  }

  private static boolean isReadable(RemoteRig rig) {
    try {
      rig.assertPages(0, PAGES, 1);
      return true;
    } catch (TierFailureException e) {
      return false;
    }
  }
}
