// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AbandonedSegmentsTest {
  @TempDir private Path parent;
  private Path directory;
  private Path segment;

  @BeforeEach
  void crash() throws IOException {
    directory = parent.resolve("segments");
    new NioSegmentFiles(directory, false).lock().close();
    segment = Files.writeString(directory.resolve("segment-00000001.pss"), "torn");
  }

  @Test
  void goWithTheirDirectory() throws IOException {
    assertThat(AbandonedSegments.delete(directory)).isTrue();
    assertThat(directory).doesNotExist();
  }

  @Test
  void stayWhileAStoreHoldsThem() throws IOException {
    try (Closeable held = new NioSegmentFiles(directory, false).lock()) {
      assertThat(held).isNotNull();
      assertThat(AbandonedSegments.delete(directory)).isFalse();
    }
    assertThat(segment).exists();
  }

  @Test
  void stayBesideAnyOtherFile() throws IOException {
    Files.writeString(directory.resolve("notes.txt"), "mine");
    assertThat(AbandonedSegments.delete(directory)).isFalse();
    assertThat(segment).exists();
  }

  @Test
  void stayBesideALinkThatIsNamedLikeASegment() throws IOException {
    Path target = Files.writeString(parent.resolve("target"), "mine");
    Files.createSymbolicLink(directory.resolve("segment-00000002.pss"), target);
    assertThat(AbandonedSegments.delete(directory)).isFalse();
    assertThat(segment).exists();
  }

  @Test
  void stayWhereNoStoreEverWas() throws IOException {
    Files.delete(directory.resolve(DirectoryLock.NAME));
    assertThat(AbandonedSegments.delete(directory)).isFalse();
    assertThat(segment).exists();
  }

  @Test
  void stayBehindALink() throws IOException {
    Path link = Files.createSymbolicLink(parent.resolve("link"), directory);
    assertThat(AbandonedSegments.delete(link)).isFalse();
    assertThat(segment).exists();
  }
}
