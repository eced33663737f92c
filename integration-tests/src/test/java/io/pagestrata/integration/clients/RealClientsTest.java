// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.clients;

import static io.pagestrata.integration.clients.ClientProgram.run;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What libnbd, QEMU, fio and nbd-client ask for, they get. */
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RealClientsTest {
  @TempDir Path directory;
  private ServedStore served;

  @BeforeEach
  void serve() throws Exception {
    served = ServedStore.open(directory);
  }

  @AfterEach
  void stop() {
    served.close();
  }

  private Path image(int bytes) throws Exception {
    byte[] data = new byte[bytes];
    new Random(11).nextBytes(data);
    // A hole in the middle, and pages that shrink.
    Arrays.fill(data, bytes / 4, bytes / 2, (byte) 0);
    Arrays.fill(data, bytes / 2, bytes / 2 + bytes / 4, (byte) 'x');
    return Files.write(directory.resolve("image"), data);
  }

  @Test
  void nbdinfoSeesEveryExportAndItsHoles() throws Exception {
    String list = run(directory, "nbdinfo", "--list", served.uri());
    assertThat(list)
        .contains("export=\"disk\"")
        .contains("export=\"other\"")
        .contains("a disk")
        .contains("can_multi_conn: true")
        .contains("base:allocation");
    String json = run(directory, "nbdinfo", "--json", served.tcpUri());
    assertThat(json).contains("\"export-size\": " + ServedStore.DISK_BYTES);
    assertThat(run(directory, "nbdinfo", "--map", served.uri()))
        .containsPattern("0 +1073741824 +3 +hole,zero");
  }

  @Test
  void nbdcopyBringsInAndOutWhatItWasGiven() throws Exception {
    Path image = image((48 << 20) + 777);
    run(directory, "nbdcopy", "--flush", image.toString(), served.uri());
    Path back = directory.resolve("back");
    run(directory, "nbdcopy", served.tcpUri(), back.toString());
    assertThat(Files.size(back)).isEqualTo(ServedStore.DISK_BYTES);
    assertThat(Files.mismatch(image, back)).isEqualTo(Files.size(image));
    assertThat(run(directory, "nbdinfo", "--map", served.uri())).contains("data");
  }

  @Test
  void qemuImgConvertsAndFindsNoDifference() throws Exception {
    String image = image(32 << 20).toString();
    run(directory, "qemu-img", "convert", "-n", "-f", "raw", "-O", "raw", image, served.uri());
    assertThat(run(directory, "qemu-img", "compare", "-f", "raw", "-F", "raw", image, served.uri()))
        .contains("identical");
  }

  @ParameterizedTest
  @CsvSource({"writeback", "writethrough", "none"})
  void qemuIoReadsThePatternsItWrote(String cache) throws Exception {
    List<String> command = new ArrayList<>(List.of("qemu-io", "-f", "raw", "-t", cache));
    for (String step :
        new String[] {
          "write -P 0xab 0 1M",
          "write -P 0x11 5123 777",
          "read -P 0x11 5123 777",
          "read -P 0xab 4096 1027",
          "read -P 0xab 5900 2000",
          "write -P 0x22 8000 9000",
          "read -P 0x22 8000 9000",
          "write -P 0x33 3000k 50M",
          "read -P 0x33 3000k 50M",
          "write -z 4M 2M",
          "read -P 0 4M 2M",
          "write -z -u 8M 1M",
          "read -P 0 8M 1M",
          "discard 10M 20M",
          "read -P 0 10M 20M",
          "read -P 0x33 31M 1M",
          "flush"
        }) {
      command.add("-c");
      command.add(step);
    }
    command.add(served.uri());
    String printed = run(directory, command.toArray(String[]::new));
    assertThat(printed).doesNotContain("verification failed").doesNotContain("rror");
  }

  @ParameterizedTest
  @CsvSource({"randwrite,1,1", "randwrite,32,2", "randrw,16,1"})
  void fioVerifiesEveryBlock(String pattern, int depth, int jobs) throws Exception {
    String printed =
        run(
            directory,
            "fio",
            "--name=verify",
            "--ioengine=nbd",
            "--uri=" + served.uri(),
            "--rw=" + pattern,
            "--bs=4k",
            "--iodepth=" + depth,
            "--numjobs=" + jobs,
            "--size=16m",
            "--offset_increment=16m",
            "--buffer_compress_percentage=60",
            "--refill_buffers",
            "--randseed=5",
            "--verify=crc32c");
    assertThat(printed).contains("err= 0").doesNotContain("verify failed");
    assertThat(served.store.stats().corruptPages()).isZero();
  }

  @Test
  void nbdClientListsTheExports() throws Exception {
    assertThat(run(directory, "nbd-client", "-l", "-unix", served.socket()))
        .contains("disk")
        .contains("other");
  }
}
