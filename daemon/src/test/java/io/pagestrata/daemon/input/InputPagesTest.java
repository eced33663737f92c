// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InputPagesTest {
  private static final int PAGE_BYTES = 4096;

  @TempDir private Path directory;

  private Path file(String name, byte[] content) throws IOException {
    return Files.write(directory.resolve(name), content);
  }

  private static byte[] random(int bytes, long seed) {
    byte[] content = new byte[bytes];
    new Random(seed).nextBytes(content);
    return content;
  }

  private static byte[] page(PageCursor cursor, int page) {
    ByteBuffer buffer = cursor.page(page);
    byte[] content = new byte[buffer.remaining()];
    buffer.get(content);
    return content;
  }

  @Test
  void filesAreCutIntoPagesAndTheLastOneIsFilledUpWithZeroes() throws Exception {
    byte[] first = random(2 * PAGE_BYTES + 100, 1);
    byte[] second = random(PAGE_BYTES, 2);
    InputPages input =
        InputPages.open(List.of(file("first", first), file("second", second)), PAGE_BYTES);
    assertThat(input.pages()).isEqualTo(4);
    assertThat(input.bytes()).isEqualTo(first.length + second.length);
    PageCursor cursor = input.cursor();
    assertThat(page(cursor, 3)).isEqualTo(second);
    assertThat(page(cursor, 1)).isEqualTo(Arrays.copyOfRange(first, PAGE_BYTES, 2 * PAGE_BYTES));
    assertThat(page(cursor, 0)).isEqualTo(Arrays.copyOf(first, PAGE_BYTES));
    // Beyond the end of the file copyOfRange gives zeroes, as the last page must have them.
    assertThat(page(cursor, 2))
        .isEqualTo(Arrays.copyOfRange(first, 2 * PAGE_BYTES, 3 * PAGE_BYTES));
  }

  @Test
  void aFileShorterThanAPageIsOnePage() throws Exception {
    InputPages input = InputPages.open(List.of(file("short", new byte[] {7})), PAGE_BYTES);
    assertThat(input.pages()).isEqualTo(1);
    assertThat(page(input.cursor(), 0)).startsWith(7, 0).hasSize(PAGE_BYTES);
  }

  @Test
  void whatCannotBeReadIsNamed() throws IOException {
    assertRefused(directory.resolve("missing"), "no such file: ");
    assertRefused(directory, "not a plain file: ");
    assertRefused(file("empty", new byte[0]), "the file is empty: ");
    assertRefused(file("damaged.zst", new byte[] {1, 2, 3, 4, 5}), "cannot read ");
  }

  private static void assertRefused(Path file, String complaint) {
    assertThatThrownBy(() -> InputPages.open(List.of(file), PAGE_BYTES))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(complaint + file);
  }

  @Test
  void filesOfAJavaInstallationAreChosenLargestFirstAndArchivesLast() throws Exception {
    file("libjvm.so", new byte[200]);
    Path modules = file("modules", new byte[300]);
    file("src.zip", new byte[1000]);
    assertThat(JdkFiles.atLeast(directory, 250)).containsExactly(modules);
    assertThat(JdkFiles.atLeast(directory, 301)).hasSize(2);
    assertThat(JdkFiles.atLeast(directory, 501)).hasSize(3);
    assertThatThrownBy(() -> JdkFiles.atLeast(directory, 5000))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("holds only 1500 bytes");
  }

  @Test
  void aTemporaryDirectoryIsGoneWithAllItHolds() throws IOException {
    Path path;
    try (TemporaryDirectory temporary = TemporaryDirectory.create(directory, "gone-")) {
      path = temporary.path();
      Files.writeString(Files.createDirectories(path.resolve("a/b")).resolve("c"), "content");
    }
    assertThat(path).doesNotExist();
    assertThat(directory).exists();
  }
}
