// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.input;

import io.pagestrata.tiers.codec.ZstdFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Files cut into pages: page numbers run through all files, each file starts a new page, and its
 * last page is filled up with zeroes.
 *
 * <p>Plain files are mapped, so the input costs no heap and comes out of the page cache; the
 * mapping ends with the process. Immutable and thread-safe; threads read through {@link
 * PageCursor}s.
 */
public final class InputPages {
  private static final long CHUNK_BYTES = 1L << 29;

  private final int pageBytes;
  private final List<ByteBuffer> chunks = new ArrayList<>();
  private final List<Long> firstPages = new ArrayList<>();
  private long pages;
  private long bytes;

  private InputPages(int pageBytes) {
    this.pageBytes = pageBytes;
  }

  /**
   * Opens files.
   *
   * @param files plain files, or {@code .zst} files that hold raw pages
   * @param pageBytes page size
   * @return their pages
   * @throws InputException when a file is missing, empty, unreadable or there are too many pages
   */
  public static InputPages open(List<Path> files, int pageBytes) throws InputException {
    InputPages input = new InputPages(pageBytes);
    for (Path file : files) {
      input.add(file);
    }
    if (input.pages > Integer.MAX_VALUE) {
      throw new InputException("the input has more than " + Integer.MAX_VALUE + " pages");
    }
    return input;
  }

  private void add(Path file) throws InputException {
    if (!Files.exists(file)) {
      throw new InputException("no such file: " + file);
    }
    if (!Files.isRegularFile(file)) {
      throw new InputException("not a plain file: " + file);
    }
    try {
      if (Files.size(file) == 0) {
        throw new InputException("the file is empty: " + file);
      }
      if (file.toString().endsWith(".zst")) {
        addChunks(ZstdFiles.readAll(file));
      } else {
        map(file);
      }
    } catch (IOException e) {
      throw new InputException("cannot read " + file + ": " + reason(e));
    }
  }

  private void map(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long size = channel.size();
      for (long start = 0; start < size; start += CHUNK_BYTES) {
        addChunks(channel.map(MapMode.READ_ONLY, start, Math.min(CHUNK_BYTES, size - start)));
      }
    }
  }

  private void addChunks(ByteBuffer data) {
    bytes += data.remaining();
    int whole = data.remaining() / pageBytes * pageBytes;
    if (whole > 0) {
      addChunk(data.slice(0, whole));
    }
    if (whole < data.remaining()) {
      ByteBuffer last = ByteBuffer.allocateDirect(pageBytes);
      last.put(0, data, whole, data.remaining() - whole);
      addChunk(last);
    }
  }

  private void addChunk(ByteBuffer chunk) {
    firstPages.add(pages);
    chunks.add(chunk);
    pages += chunk.capacity() / pageBytes;
  }

  private static String reason(IOException e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }

  /**
   * The beginning of this input.
   *
   * @param most pages to keep, 1 or more
   * @return input of at most that many pages
   */
  public InputPages first(int most) {
    InputPages part = new InputPages(pageBytes);
    part.chunks.addAll(chunks);
    part.firstPages.addAll(firstPages);
    part.pages = Math.min(pages, most);
    part.bytes = Math.min(bytes, part.pages * pageBytes);
    return part;
  }

  /**
   * Pages in all files.
   *
   * @return 1 or more
   */
  public int pages() {
    return (int) pages;
  }

  /**
   * Size of one page.
   *
   * @return bytes
   */
  public int pageBytes() {
    return pageBytes;
  }

  /**
   * Length of the input, without the zeroes that fill up last pages.
   *
   * @return bytes
   */
  public long bytes() {
    return bytes;
  }

  /**
   * Makes a reader for one thread.
   *
   * @return a new cursor
   */
  public PageCursor cursor() {
    return new PageCursor(chunks, firstPages, pageBytes);
  }
}
