// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.remote;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.movement.WritebackRequest;
import io.pagestrata.core.tier.TierState;
import io.pagestrata.daemon.redis.LocalServer;
import io.pagestrata.integration.support.SeededRandom;
import io.pagestrata.integration.support.SmallStore;
import io.pagestrata.integration.support.TestServers;
import io.pagestrata.writeback.promotion.Promotion;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Pages go down into a real server and its mirror, and come back from it. */
@ExtendWith(SeededRandom.class)
class RemoteJourneyTest {
  private LocalServer server;

  @TempDir private Path directory;

  @BeforeEach
  void start() throws IOException {
    server = TestServers.open();
  }

  @AfterEach
  void end() throws IOException {
    server.close();
  }

  @Test
  void pagesAreReadFromTheServerAndEveryOneHasAMirror() throws Exception {
    try (RemoteRig rig = RemoteRig.open(directory, RemoteRig.settings(server.uri()))) {
      rig.put(0, 1000, 1);
      rig.writeBack();
      assertThat(rig.remote().zpages()).isEqualTo(1000);
      assertThat(rig.file().zpages()).isEqualTo(1000);
      rig.assertPages(0, 1000, 1);
      assertThat(rig.remote().reads()).isEqualTo(1000);
      assertThat(rig.file().reads()).isZero();
      assertThat(rig.small.check()).isEqualTo(1000);
    }
  }

  @Test
  void whatIsOverwrittenOrRemovedLeavesTheServer() throws Exception {
    try (RemoteRig rig = RemoteRig.open(directory, RemoteRig.settings(server.uri()))) {
      rig.put(0, 1000, 1);
      rig.writeBack();
      rig.put(0, 300, 2);
      rig.small.store().flushRange(rig.pool, 1, 500, 500);
      assertThat(rig.remote().zpages()).isEqualTo(200);
      RemoteRig.await("removal", () -> keys() == 200 + 1);
      rig.assertPages(0, 300, 2);
      rig.assertPages(300, 200, 1);
      assertThat(rig.small.check()).isEqualTo(500);
    }
  }

  // Whatever the clock of the server does: a zpage has no time to live that could pass.
  @Test
  void zpagesDoNotExpire() throws Exception {
    try (RemoteRig rig = RemoteRig.open(directory, RemoteRig.settings(server.uri()))) {
      rig.put(0, 100, 1);
      rig.writeBack();
      assertThat(server.askAll("INFO keyspace")).contains("keys=101,expires=1,");
      assertThat(server.ask("PTTL ps:test:owner"))
          .as("the one of the namespace")
          .doesNotContain("-");
    }
  }

  @Test
  void aStopLeavesNothingOnTheServer() throws Exception {
    try (RemoteRig rig = RemoteRig.open(directory, RemoteRig.settings(server.uri()))) {
      rig.put(0, 1000, 1);
      rig.writeBack();
      assertThat(keys()).isEqualTo(1001);
    }
    assertThat(keys()).isZero();
  }

  @Test
  void theServerCannotReadAPage() throws Exception {
    String canary = "the canary sings at night";
    byte[] page = RemoteRig.page(0, 1);
    byte[] text = canary.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(text, 0, page, 500, text.length);
    try (RemoteRig rig = RemoteRig.open(directory, RemoteRig.settings(server.uri()))) {
      rig.small.store().put(rig.pool, 1, 7, page, 0);
      rig.writeBack();
      String names =
          server
              .askAll("KEYS *")
              .lines()
              .filter(line -> line.startsWith("ps:"))
              .collect(joining(" "));
      String values = server.askAll("MGET " + names);
      assertThat(values).hasSizeGreaterThan(1300).doesNotContain(canary);
      byte[] got = new byte[page.length];
      assertThat(rig.small.store().get(rig.pool, 1, 7, got, 0)).isTrue();
      assertThat(got).isEqualTo(page);
      assertThat(rig.remote().reads()).isEqualTo(1);
    }
  }

  @Test
  void theTierEvictsIntoItsMirrorWithoutAWrite() throws Exception {
    try (RemoteRig rig = RemoteRig.open(directory, RemoteRig.settings(server.uri()))) {
      rig.put(0, 1000, 1);
      rig.writeBack();
      long written = rig.file().storedZpages();
      rig.small.store().writeBack(new WritebackRequest(1, Long.MAX_VALUE, Duration.ZERO));
      assertThat(rig.remote().zpages()).isZero();
      assertThat(rig.file().storedZpages()).isEqualTo(written);
      rig.assertPages(0, 1000, 1);
      assertThat(rig.file().reads()).isEqualTo(1000);
      assertThat(rig.small.check()).isEqualTo(1000);
    }
  }

  @Test
  void promotedPagesGoBackWithoutAWrite() throws Exception {
    try (RemoteRig rig =
        RemoteRig.open(
            directory,
            RemoteRig.settings(server.uri()),
            options -> options.promotion(Promotion.ALWAYS))) {
      rig.put(0, 500, 1);
      rig.writeBack();
      rig.assertPages(0, 500, 1);
      assertThat(rig.small.store().stats().promotions()).isEqualTo(500);
      assertThat(rig.small.check()).isEqualTo(500);
      long written = rig.remote().storedZpages();
      rig.writeBack();
      assertThat(rig.remote().storedZpages()).isEqualTo(written);
      assertThat(rig.remote().zpages()).isEqualTo(500);
      assertThat(rig.small.check()).isEqualTo(500);
    }
  }

  // More pages than RAM and remote tier hold together, overwritten, read and removed at random.
  @Test
  void randomOperationsOnThreeTiers(Random random) throws Exception {
    int pages = 6000;
    int[] versions = new int[pages];
    try (RemoteRig rig =
        RemoteRig.open(
            directory,
            RemoteRig.settings(server.uri()),
            options -> options.ramBytes(5 << 20).promotion(Promotion.REFAULT_DISTANCE))) {
      for (int step = 0; step < 20_000; step++) {
        int index = random.nextInt(pages);
        int choice = random.nextInt(10);
        if (choice < 5) {
          versions[index] = 1 + random.nextInt(100);
          rig.put(index, 1, versions[index]);
        } else if (choice < 9 && versions[index] > 0) {
          rig.assertPages(index, 1, versions[index]);
        } else if (choice == 9) {
          rig.small.store().flush(rig.pool, 1, index);
          versions[index] = 0;
        }
      }
      assertThat(rig.remote().storedZpages()).isPositive();
      assertThat(rig.remote().state()).isEqualTo(TierState.OPEN);
      byte[] got = new byte[SmallStore.PAGE_BYTES];
      for (int i = 0; i < pages; i++) {
        if (versions[i] > 0) {
          rig.assertPages(i, 1, versions[i]);
        } else {
          assertThat(rig.small.store().get(rig.pool, 1, i, got, 0)).isFalse();
        }
      }
      rig.small.check();
    }
  }

  private long keys() {
    return server.keys();
  }
}
