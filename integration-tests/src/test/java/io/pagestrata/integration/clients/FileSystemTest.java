// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.clients;

import static io.pagestrata.integration.clients.ClientProgram.run;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A file system on the export, larger than the RAM tier, is sound and whole when it comes back. */
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FileSystemTest {
  private static final int FILES = 12;
  private static final long IMAGE_BYTES = 64 << 20;

  @TempDir private Path directory;
  private ServedStore served;

  @BeforeEach
  void serve() throws Exception {
    served = ServedStore.open(directory);
  }

  @AfterEach
  void stop() {
    served.close();
  }

  /** Some files shrink, some do not; one has a hole. */
  private Path tree() throws Exception {
    Path tree = Files.createDirectories(directory.resolve("tree"));
    Random random = new Random(3);
    for (int i = 0; i < FILES; i++) {
      byte[] data = new byte[(1 << 20) * (i % 4 + 1) + i * 1000 + 1];
      random.nextBytes(data);
      if (i % 2 == 0) {
        Arrays.fill(data, data.length / 3, data.length, (byte) (i % 3));
      }
      Files.write(Files.createDirectories(tree.resolve("d" + i % 3)).resolve("f" + i), data);
    }
    return tree;
  }

  @ParameterizedTest
  @ValueSource(strings = {"qemu-img", "nbdcopy"})
  void anExt4ImageComesBackWhole(String program) throws Exception {
    Path tree = tree();
    String image = directory.resolve("image").toString();
    String size = IMAGE_BYTES / 1024 + "k";
    run(directory, "mke2fs", "-q", "-t", "ext4", "-d", tree.toString(), image, size);
    if (program.equals("qemu-img")) {
      String uri = served.uri();
      run(directory, program, "convert", "-n", "-f", "raw", "-O", "raw", image, uri);
    } else {
      run(directory, program, "--flush", image, served.uri());
    }
    assertThat(served.store.stats().writeback().demotedPages()).isPositive();

    // Another connection, another transport, another program.
    String back = directory.resolve("back").toString();
    run(directory, "nbdcopy", served.tcpUri(), back);
    String checked = run(directory, "e2fsck", "-fn", back);
    assertThat(checked).contains(FILES + 3 + 11 + "/").doesNotContain("WARNING");
    for (int i = 0; i < FILES; i++) {
      String file = "d" + i % 3 + "/f" + i;
      Path dumped = directory.resolve("dumped" + i);
      run(directory, "debugfs", "-R", "dump /" + file + " " + dumped, back);
      assertThat(Files.mismatch(tree.resolve(file), dumped)).as(file).isEqualTo(-1);
    }
    assertThat(served.store.stats().corruptPages()).isZero();
  }
}
