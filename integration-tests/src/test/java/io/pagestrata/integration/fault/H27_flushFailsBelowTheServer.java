// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.fault;

import static io.pagestrata.integration.fault.ServedDisk.EIO;
import static io.pagestrata.integration.fault.ServedDisk.ENOSPC;
import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.daemon.nbd.TestClient;
import io.pagestrata.integration.support.LogLines;
import io.pagestrata.integration.support.RealPages;
import io.pagestrata.integration.support.SmallStore;
import io.pagestrata.tiers.file.FaultyFiles;
import io.pagestrata.tiers.file.FaultyFiles.Operation;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A FLUSH, or a write through, over a disk that fails is answered with an error, and the client may
 * ask again: the next one that is answered without covers everything.
 */
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class H27_flushFailsBelowTheServer {
  private static final int PAGE = SmallStore.PAGE_BYTES;
  private static final long ALWAYS = Long.MAX_VALUE / 2;

  @TempDir private Path directory;
  private final Random random = new Random(27);
  private FaultyFiles files;
  private ServedDisk served;
  private TestClient client;

  @BeforeEach
  void serve() throws Exception {
    served =
        new ServedDisk(
            SmallStore.options()
                .durable()
                .fileBytes(8 << 20)
                .putWait(Duration.ofMillis(300))
                .readOnlyRetry(Duration.ZERO)
                .files(real -> files = new FaultyFiles(real)),
            directory);
    client = served.client();
  }

  @AfterEach
  void stop() throws Exception {
    served.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"No space left on device", "Input/output error"})
  void aFlushIsAnsweredWithAnErrorUntilTheDiskIsWell(String error) throws Exception {
    byte[] content = RealPages.incompressible(PAGE, random);
    assertThat(client.write(0, content)).isZero();
    try (LogLines log = new LogLines("io.pagestrata.daemon.nbd")) {
      files.fail(Operation.WRITE, 0, ALWAYS, error);
      assertThat(client.flush()).isEqualTo(EIO);
      assertThat(log.next()).startsWith("ERROR export 'disk': ").contains(error);
      assertThat(client.writeThrough(PAGE, content)).isEqualTo(EIO);
      assertThat(log.next()).startsWith("ERROR export 'disk': ").contains(error);
    }
    assertThat(client.read(0, PAGE)).isEqualTo(content);
    files.heal();
    assertThat(client.flush()).isZero();
    assertThat(client.writeThrough(2 * PAGE, content)).isZero();
    assertThat(client.read(0, PAGE)).isEqualTo(content);
  }

  /** The tier's own limit, not that of the disk. */
  @Test
  void aFlushOfAStoreThatIsFullIsAnsweredSoUntilRoomIsMade() throws Exception {
    int stored = 0;
    int error = 0;
    while (error == 0) {
      error = client.write((long) stored * PAGE, RealPages.incompressible(PAGE, random));
      stored++;
    }
    assertThat(error).isEqualTo(ENOSPC);
    // What RAM holds is more than the room that a tier so small can keep for syncs.
    assertThat(client.flush()).isEqualTo(ENOSPC);
    assertThat(client.trim(0, (long) stored * PAGE)).isZero();
    assertThat(client.flush()).isZero();
    assertThat(client.write(0, RealPages.incompressible(PAGE, random))).isZero();
    assertThat(client.flush()).isZero();
  }
}
