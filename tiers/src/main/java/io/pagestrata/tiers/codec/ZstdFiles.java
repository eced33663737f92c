// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.codec;

import com.github.luben.zstd.ZstdInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads whole {@code .zst} files, such as recorded pages. Stateless and thread-safe. */
public final class ZstdFiles {
  private ZstdFiles() {}

  /**
   * Decompresses a file.
   *
   * @param file one or more zstd frames
   * @return direct buffer whose remaining bytes are the content
   * @throws IOException when the file cannot be read, is damaged or holds more than one buffer can
   */
  public static ByteBuffer readAll(Path file) throws IOException {
    byte[] content;
    try (InputStream in = new ZstdInputStream(Files.newInputStream(file))) {
      content = in.readAllBytes();
    } catch (OutOfMemoryError e) {
      throw new IOException("too large for one buffer", e);
    }
    return ByteBuffer.allocateDirect(content.length).put(content).flip();
  }
}
