// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.nbd;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.tier.ZpageHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests of every kind and what clients do wrong, over a real socket. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TransmissionTest {
  private static final int PAGE = NbdRig.PAGE_BYTES;
  @TempDir Path directory;

  private static byte[] random(long seed, int bytes) {
    byte[] data = new byte[bytes];
    new Random(seed).nextBytes(data);
    return data;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anyOffsetAndLengthIsLikeAnArray(boolean structured) throws IOException {
    try (NbdRig rig = NbdRig.open(directory)) {
      likeAnArray(rig, structured, PAGE);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {8 << 10, 16 << 10, 32 << 10, 64 << 10})
  void pagesOfAnySizeAreLikeAnArray(int pageBytes) throws IOException {
    try (NbdRig rig = NbdRig.openWithPages(directory, pageBytes)) {
      likeAnArray(rig, true, pageBytes);
    }
  }

  private static void likeAnArray(NbdRig rig, boolean structured, int pageBytes)
      throws IOException {
    Random random = new Random(7);
    byte[] model = new byte[1 << 20];
    try (TestClient client = rig.disk(structured)) {
      for (int i = 0; i < 400; i++) {
        int offset = random.nextInt(model.length);
        int most = random.nextBoolean() ? 3 * pageBytes : model.length;
        int length = random.nextInt(Math.min(most, model.length - offset) + 1);
        switch (random.nextInt(4)) {
          case 0 -> {
            byte[] data = random(i, length);
            assertThat(client.write(offset, data)).isZero();
            System.arraycopy(data, 0, model, offset, length);
          }
          case 1 -> {
            int type = random.nextBoolean() ? NbdProtocol.CMD_TRIM : NbdProtocol.CMD_WRITE_ZEROES;
            assertThat(client.call(0, type, offset, length).error()).isZero();
            Arrays.fill(model, offset, offset + length, (byte) 0);
          }
          default ->
              assertThat(client.read(offset, length))
                  .isEqualTo(Arrays.copyOfRange(model, offset, offset + length));
        }
      }
    }
  }

  @Test
  void theLargestRequestsAreServed() throws IOException {
    byte[] data = random(1, NbdProtocol.MOST_PAYLOAD_BYTES);
    try (NbdRig rig = NbdRig.open(directory);
        TestClient client = rig.disk(false)) {
      assertThat(client.write(1234, data)).isZero();
      assertThat(Arrays.equals(client.read(1234, data.length), data)).isTrue();
      long all = (1L << 32) - 1;
      assertThat(client.call(0, NbdProtocol.CMD_WRITE_ZEROES, 0, all).error()).isZero();
      assertThat(client.read(1 << 20, PAGE)).containsOnly(0);
      assertThat(rig.store.stats().pages()).isZero();
      assertThat(client.call(0, NbdProtocol.CMD_READ, 0, data.length + 1L).error())
          .isEqualTo(NbdProtocol.EINVAL);
      assertThat(rig.server.inFlightBytes()).isZero();
    }
  }

  @Test
  void whatIsWrongIsAnErrorAndTheSessionLivesOn() throws IOException {
    long end = NbdRig.DISK_BYTES;
    try (NbdRig rig = NbdRig.open(directory);
        TestClient client = rig.disk(true);
        TestClient reader = rig.client()) {
      assertThat(client.write(end - 1, new byte[2])).isEqualTo(NbdProtocol.ENOSPC);
      assertThat(client.call(0, NbdProtocol.CMD_READ, end, 1).error())
          .isEqualTo(NbdProtocol.EINVAL);
      assertThat(client.call(0, NbdProtocol.CMD_READ, -1, 1).error()).isEqualTo(NbdProtocol.EINVAL);
      assertThat(client.call(0, NbdProtocol.CMD_TRIM, end - 1, 2).error())
          .isEqualTo(NbdProtocol.EINVAL);
      assertThat(client.call(0, 77, 0, 1).error()).isEqualTo(NbdProtocol.EINVAL);
      assertThat(client.call(1 << 9, NbdProtocol.CMD_READ, 0, 1).error())
          .isEqualTo(NbdProtocol.EINVAL);
      assertThat(client.write(end - 1, new byte[] {5})).isZero();
      assertThat(client.read(end - 2, 2)).containsExactly(0, 5);
      reader.go("read only");
      assertThat(reader.write(0, new byte[1 << 20])).isEqualTo(NbdProtocol.EPERM);
      assertThat(reader.call(0, NbdProtocol.CMD_TRIM, 0, PAGE).error())
          .isEqualTo(NbdProtocol.EPERM);
      assertThat(reader.read(end - 1, 1)).containsExactly(5);
    }
  }

  @Test
  void aTrimOfTheDeviceGivesEveryPageBackAndZeroesCostNothing() throws IOException {
    try (NbdRig rig = NbdRig.open(directory);
        TestClient client = rig.disk(false)) {
      assertThat(client.write(0, random(3, 4 << 20))).isZero();
      assertThat(rig.store.stats().pages()).isEqualTo((4 << 20) / PAGE);
      for (long at = 0; at < NbdRig.DISK_BYTES; at += 2L << 30) {
        assertThat(client.call(0, NbdProtocol.CMD_TRIM, at, 2L << 30).error()).isZero();
      }
      assertThat(rig.store.stats().pages()).isZero();
      assertThat(client.write(0, new byte[4 << 20])).isZero();
      assertThat(rig.store.stats().payloadBytesPut())
          .as("payload of the random pages alone")
          .isLessThanOrEqualTo(4 << 20);
    }
  }

  @Test
  void fastZeroingIsRefusedWhereItIsNotFaster() throws IOException {
    int fast = NbdProtocol.CMD_FLAG_FAST_ZERO;
    int zeroes = NbdProtocol.CMD_WRITE_ZEROES;
    byte[] data = random(4, 4 * PAGE);
    try (NbdRig rig = NbdRig.open(directory);
        TestClient client = rig.disk(true)) {
      assertThat(client.write(0, data)).isZero();
      assertThat(client.call(fast, zeroes, 100, 200).error()).isEqualTo(NbdProtocol.ENOTSUP);
      assertThat(client.call(fast, zeroes, PAGE - 1, PAGE).error()).isEqualTo(NbdProtocol.ENOTSUP);
      assertThat(client.read(0, data.length)).as("untouched").isEqualTo(data);
      assertThat(client.call(fast, zeroes, PAGE - 1, PAGE + 1).error()).isZero();
      Arrays.fill(data, PAGE - 1, 2 * PAGE, (byte) 0);
      assertThat(client.read(0, data.length)).isEqualTo(data);
      int stored = fast | NbdProtocol.CMD_FLAG_NO_HOLE;
      assertThat(client.call(stored, zeroes, 2 * PAGE + 7, 2 * PAGE - 7).error()).isZero();
      Arrays.fill(data, 2 * PAGE + 7, data.length, (byte) 0);
      assertThat(client.read(0, data.length)).isEqualTo(data);
      assertThat(client.call(fast, zeroes, 1 << 20, (1L << 32) - 1).error()).isZero();
      assertThat(client.call(fast, zeroes, 5, 0).error()).isZero();
      assertThat(client.call(fast, NbdProtocol.CMD_TRIM, 0, PAGE).error())
          .as("the flag means nothing elsewhere")
          .isEqualTo(NbdProtocol.EINVAL);
    }
  }

  @Test
  void oneExtentIsGivenToWhoAsksForOne() throws IOException {
    try (NbdRig rig = NbdRig.open(directory);
        TestClient client = rig.client()) {
      client.option(NbdProtocol.OPT_STRUCTURED_REPLY, new byte[0]);
      client.option(
          NbdProtocol.OPT_SET_META_CONTEXT,
          HandshakeTest.metaData("disk", NbdProtocol.ALLOCATION_CONTEXT));
      client.go("disk");
      assertThat(client.write(PAGE, random(1, PAGE))).isZero();
      assertThat(client.call(0, NbdProtocol.CMD_BLOCK_STATUS, 0, 4 * PAGE).data())
          .isEqualTo(extents(PAGE, 3, PAGE, 0, 2 * PAGE, 3));
      int one = NbdProtocol.CMD_FLAG_REQ_ONE;
      assertThat(client.call(one, NbdProtocol.CMD_BLOCK_STATUS, PAGE + 100, 4 * PAGE).data())
          .isEqualTo(extents(PAGE - 100, 0));
      assertThat(client.call(0, NbdProtocol.CMD_TRIM, PAGE, PAGE).error()).isZero();
      assertThat(client.call(one, NbdProtocol.CMD_BLOCK_STATUS, 0, 4 * PAGE).data())
          .isEqualTo(extents(4 * PAGE, 3));
      assertThat(client.call(0, NbdProtocol.CMD_CACHE, 0, 1 << 30).error()).isZero();
      assertThat(client.call(NbdProtocol.CMD_FLAG_DF, NbdProtocol.CMD_READ, 1, 9).data())
          .isEqualTo(new byte[9]);
    }
  }

  private static byte[] extents(int... words) {
    ByteBuffer bytes = ByteBuffer.allocate(words.length * Integer.BYTES);
    bytes.asIntBuffer().put(words);
    return bytes.array();
  }

  @Test
  void aFullStoreRefusesTheWriteAndNothingElse() throws IOException {
    try (NbdRig rig = NbdRig.openSmall(directory);
        TestClient client = rig.disk(true)) {
      int piece = 256 << 10;
      long at = 0;
      int error = client.write(at, random(at, piece));
      while (error == 0) {
        at += piece;
        error = client.write(at, random(at, piece));
      }
      assertThat(error).isEqualTo(NbdProtocol.ENOSPC);
      assertThat(client.read(0, piece)).isEqualTo(random(0, piece));
      assertThat(client.call(0, NbdProtocol.CMD_TRIM, 0, 4 * piece).error()).isZero();
      assertThat(client.write(0, random(9, piece))).isZero();
    }
  }

  @Test
  void aDamagedPageIsAnErrorOfThatReadAlone() throws IOException {
    int bytes = 32 << 20;
    try (NbdRig rig = NbdRig.open(directory);
        TestClient client = rig.disk(false)) {
      for (int at = 0; at < bytes; at += 1 << 20) {
        assertThat(client.write(at, random(at, 1 << 20))).isZero();
      }
      damageFiles();
      int failed = 0;
      for (int at = 0; at < bytes; at += PAGE) {
        failed += client.call(0, NbdProtocol.CMD_READ, at, PAGE).error() == NbdProtocol.EIO ? 1 : 0;
      }
      assertThat(failed).isBetween(1, bytes / PAGE - 1);
      assertThat(client.write(0, random(5, PAGE))).isZero();
      assertThat(client.read(0, PAGE)).isEqualTo(random(5, PAGE));
    }
  }

  private void damageFiles() throws IOException {
    try (Stream<Path> files = Files.walk(directory.resolve("tier"))) {
      for (Path file : files.filter(it -> Files.isRegularFile(it)).toList()) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
          for (long at = ZpageHeader.BYTES; at < channel.size(); at += 1 << 20) {
            channel.write(ByteBuffer.wrap(new byte[] {1, 2, 3, 4, 5, 6, 7, 8}), at);
          }
        }
      }
    }
  }

  /** Each connection changes its own bytes of the same pages; none may undo the other. */
  @Test
  void changesOfPartsOfAPageFromTwoConnectionsAllStay() throws Exception {
    int pages = 4;
    int rounds = 300;
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try (NbdRig rig = NbdRig.open(directory)) {
      Callable<byte[]> first = () -> changeEverySecond(rig, 0, pages, rounds);
      Callable<byte[]> second = () -> changeEverySecond(rig, 1, pages, rounds);
      List<Future<byte[]>> results = threads.invokeAll(List.of(first, second));
      byte[] last = new byte[pages * PAGE];
      for (Future<byte[]> result : results) {
        byte[] own = result.get();
        for (int i = 0; i < last.length; i++) {
          last[i] += own[i];
        }
      }
      try (TestClient client = rig.disk(false)) {
        assertThat(client.read(0, last.length)).isEqualTo(last);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private static byte[] changeEverySecond(NbdRig rig, int which, int pages, int rounds)
      throws IOException {
    int part = 512;
    Random random = new Random(which);
    byte[] model = new byte[pages * PAGE];
    try (TestClient client = rig.disk(which == 0)) {
      for (int i = 0; i < rounds; i++) {
        int offset = (random.nextInt(model.length / part / 2) * 2 + which) * part;
        byte[] data = random(i * 2L + which, part);
        assertThat(client.write(offset, data)).isZero();
        System.arraycopy(data, 0, model, offset, part);
        assertThat(client.read(offset, part)).isEqualTo(data);
      }
    }
    return model;
  }

  @Test
  void clientsThatVanishOrNeverReadHarmNobody() throws IOException {
    try (NbdRig rig = NbdRig.open(directory);
        TestClient steady = rig.disk(true);
        TestClient deaf = rig.disk(false)) {
      assertThat(steady.write(0, random(1, 1 << 20))).isZero();
      deaf.channel.configureBlocking(false);
      for (int i = 0; i < 2000; i++) {
        ByteBuffer request = TestClient.request(0, NbdProtocol.CMD_READ, i, 0, 1 << 20);
        if (deaf.channel.write(request) == 0) {
          break;
        }
      }
      for (int i = 0; i < 50; i++) {
        try (TestClient vanishing = rig.disk(i % 2 == 0)) {
          vanishing.send(TestClient.request(0, NbdProtocol.CMD_READ, 1, 0, 1 << 20));
          vanishing.send(TestClient.request(0, NbdProtocol.CMD_WRITE, 2, 8 << 20, 1 << 20));
          vanishing.send(ByteBuffer.allocate(i * 1000));
        }
        assertThat(steady.read(0, 1 << 20)).isEqualTo(random(1, 1 << 20));
      }
      assertThat(rig.server.inFlightBytes()).isLessThan(64 << 20);
    }
  }

  @Test
  void twoHundredConnectionsAreServedAtOnce() throws IOException {
    TestClient[] clients = new TestClient[200];
    try (NbdRig rig = NbdRig.open(directory)) {
      for (int i = 0; i < clients.length; i++) {
        clients[i] = rig.disk(i % 2 == 0);
      }
      for (int i = 0; i < clients.length; i++) {
        assertThat(clients[i].write((long) i * PAGE, random(i, PAGE))).isZero();
      }
      for (int i = 0; i < clients.length; i++) {
        int other = clients.length - 1 - i;
        assertThat(clients[i].read((long) other * PAGE, PAGE)).isEqualTo(random(other, PAGE));
        clients[i].close();
      }
    }
  }
}
