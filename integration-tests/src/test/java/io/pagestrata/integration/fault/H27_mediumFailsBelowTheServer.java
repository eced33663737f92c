// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.fault;

import static io.pagestrata.integration.fault.ServedDisk.EIO;
import static io.pagestrata.integration.fault.ServedDisk.ENOSPC;
import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.movement.WritebackRequest;
import io.pagestrata.daemon.nbd.TestClient;
import io.pagestrata.integration.support.FailingDisk;
import io.pagestrata.integration.support.FailingDisk.Fault;
import io.pagestrata.integration.support.LogLines;
import io.pagestrata.integration.support.RealPages;
import io.pagestrata.integration.support.SmallStore;
import io.pagestrata.writeback.promotion.Promotion;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The disk fails, hangs or is full below a store that is served: a client hears of it for the
 * request that it concerns, and its connection goes on.
 */
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class H27_mediumFailsBelowTheServer {
  private static final int PAGE = SmallStore.PAGE_BYTES;
  private static final int PAGES = 500;

  @TempDir private Path directory;
  private final RealPages pages = RealPages.of(PAGE);
  private final FailingDisk disk = new FailingDisk();
  private ServedDisk served;
  private TestClient client;

  @BeforeEach
  void serve() throws Exception {
    served =
        new ServedDisk(
            SmallStore.options()
                .promotion(Promotion.NEVER)
                .fileBytes(8 << 20)
                .putWait(Duration.ofMillis(300))
                .files(disk::below),
            directory);
    client = served.client();
  }

  @AfterEach
  void stop() throws Exception {
    served.close();
  }

  private void writeAndMoveDown() throws Exception {
    for (int i = 0; i < PAGES; i++) {
      assertThat(write(i)).isZero();
    }
    served.small().store().writeBack(WritebackRequest.everything());
  }

  private int write(int page) throws Exception {
    return client.write((long) page * PAGE, pages.page(page));
  }

  private TestClient.Reply read(int page) throws Exception {
    client.sendRead(page, (long) page * PAGE, PAGE);
    return client.reply(PAGE);
  }

  @Test
  void aReadThatFailsIsAnErrorOfThatReadAlone() throws Exception {
    writeAndMoveDown();
    try (LogLines log = new LogLines("io.pagestrata.daemon.nbd")) {
      disk.failFrom(Fault.READ_ERROR, 1);
      assertThat(read(5).error()).isEqualTo(EIO);
      disk.heal();
      assertThat(log.next())
          .startsWith("ERROR export 'disk': ")
          .contains("page 5 ", "file", "Input/output error");
      disk.failFrom(Fault.READ_ERROR, 1);
      assertThat(read(6).error()).isEqualTo(EIO);
      disk.heal();
      assertThat(log.next()).as("one line for each read").contains("page 6 ");
    }
    for (int i = 0; i < PAGES; i++) {
      assertThat(read(i).data()).as("page %d", i).isEqualTo(pages.page(i));
    }
  }

  @Test
  void anErrorInTheMiddleOfALongReadIsItsOnlyAnswer() throws Exception {
    writeAndMoveDown();
    disk.failFrom(Fault.READ_ERROR, PAGES / 2);
    client.sendRead(7, 0, PAGES * PAGE);
    assertThat(client.reply(PAGES * PAGE).error()).isEqualTo(EIO);
    disk.heal();
    assertThat(client.read(0, PAGE)).isEqualTo(pages.page(0));
  }

  @Test
  void aReadThatHangsHoldsNothingElseUp() throws Exception {
    writeAndMoveDown();
    int above = PAGES + 1;
    assertThat(write(above)).isZero();
    CountDownLatch well = new CountDownLatch(1);
    disk.beforeRead(() -> awaitQuietly(well));
    client.sendRead(1, 0, PAGE);
    client.sendRead(2, (long) above * PAGE, PAGE);
    TestClient.Reply first = client.reply(PAGE);
    assertThat(first.cookie()).as("the page in RAM").isEqualTo(2);
    assertThat(first.data()).isEqualTo(pages.page(above));
    assertThat(write(above)).as("a write beside it").isZero();
    well.countDown();
    TestClient.Reply second = client.reply(PAGE);
    assertThat(second.cookie()).isEqualTo(1);
    assertThat(second.data()).isEqualTo(pages.page(0));
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void aFullHierarchyRefusesTheWriteAndNothingElse() throws Exception {
    int stored = 0;
    int error = write(stored);
    while (error == 0) {
      stored++;
      error = write(stored);
    }
    assertThat(error).isEqualTo(ENOSPC);
    assertThat(served.small().store().stats().writeback().demotedPages()).isPositive();
    for (int i = 0; i < stored; i++) {
      assertThat(read(i).data()).as("page %d of %d", i, stored).isEqualTo(pages.page(i));
    }
    assertThat(read(stored).data()).as("what was refused was never written").containsOnly(0);
    assertThat(client.trim(0, (long) stored / 2 * PAGE)).isZero();
    for (int i = 0; i < stored / 4; i++) {
      assertThat(write(i)).as("room was made").isZero();
    }
  }
}
