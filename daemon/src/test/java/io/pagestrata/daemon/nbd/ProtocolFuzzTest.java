// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.nbd;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Noise, and noise that looks like the protocol: the server stays up and others are served. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ProtocolFuzzTest {
  private static final int ROUNDS = 200;
  @TempDir Path directory;

  @Test
  void noiseInBothPhasesLeavesTheOthersAlone() throws IOException {
    Random random = new Random(42);
    byte[] data = new byte[NbdRig.PAGE_BYTES];
    random.nextBytes(data);
    try (NbdRig rig = NbdRig.open(directory);
        TestClient steady = rig.disk(true)) {
      assertThat(steady.write(NbdRig.DISK_BYTES - data.length, data)).isZero();
      for (int round = 0; round < ROUNDS; round++) {
        try (TestClient noisy = random.nextBoolean() ? rig.client() : rig.disk(round % 2 == 0)) {
          for (int i = random.nextInt(8); i >= 0; i--) {
            noisy.send(noise(random));
          }
        } catch (IOException e) {
          // The server may have closed what made no sense while more of it was sent.
          assertThat(e.getMessage()).containsAnyOf("roken pipe", "reset");
        }
        assertThat(steady.read(NbdRig.DISK_BYTES - data.length, data.length)).isEqualTo(data);
      }
      assertThat(steady.call(0, NbdProtocol.CMD_FLUSH, 0, 0).error()).isZero();
    }
  }

  private static ByteBuffer noise(Random random) {
    byte[] tail = new byte[random.nextInt(64)];
    random.nextBytes(tail);
    ByteBuffer out = ByteBuffer.allocate(128);
    switch (random.nextInt(3)) {
      case 0 -> out.put(tail);
      case 1 ->
          out.putLong(NbdProtocol.OPTION_MAGIC)
              .putInt(random.nextInt(12))
              .putInt(random.nextInt(4) == 0 ? random.nextInt() : tail.length)
              .put(tail);
      default ->
          out.put(
              TestClient.request(
                  random.nextInt(16),
                  random.nextInt(9),
                  random.nextLong(),
                  random.nextInt(1 << 30),
                  random.nextInt(3) == 0 ? random.nextInt() : random.nextInt(1 << 20)));
    }
    return out.flip();
  }
}
