// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.support;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Pages of real bytes, taken evenly from the module file of the running JDK; read once and kept.
 *
 * <p>Thread-safe; the arrays handed out are copies.
 */
public final class RealPages {
  private static final int MOST_PAGES = 2048;
  private static final Map<Integer, RealPages> BY_PAGE_BYTES = new ConcurrentHashMap<>();

  private final byte[][] pages;

  private RealPages(byte[][] pages) {
    this.pages = pages;
  }

  public static RealPages of(int pageBytes) {
    return BY_PAGE_BYTES.computeIfAbsent(pageBytes, RealPages::read);
  }

  private static RealPages read(int pageBytes) {
    Path modules = Path.of(System.getProperty("java.home"), "lib", "modules");
    try (RandomAccessFile file = new RandomAccessFile(modules.toFile(), "r")) {
      long stride = Math.max(1, file.length() / MOST_PAGES / pageBytes) * pageBytes;
      byte[][] pages = new byte[(int) Math.min(MOST_PAGES, file.length() / stride)][pageBytes];
      for (int i = 0; i < pages.length; i++) {
        file.seek(i * stride);
        file.readFully(pages[i]);
      }
      return new RealPages(pages);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The i-th page; numbers above the count start over. */
  public byte[] page(int i) {
    return pages[Math.floorMod(i, pages.length)].clone();
  }

  public byte[] any(Random random) {
    return page(random.nextInt(pages.length));
  }

  /** A page that no codec makes smaller. */
  public static byte[] incompressible(int pageBytes, Random random) {
    byte[] page = new byte[pageBytes];
    random.nextBytes(page);
    return page;
  }

  /** A page of one repeated word. */
  public static byte[] sameFilled(int pageBytes, long word) {
    ByteBuffer page = ByteBuffer.allocate(pageBytes);
    while (page.hasRemaining()) {
      page.putLong(word);
    }
    return page.array();
  }

  /** What a store meets: mostly real pages, some that do not shrink, some same-filled. */
  public byte[] mixed(Random random) {
    int pageBytes = pages[0].length;
    return switch (random.nextInt(10)) {
      case 0 -> incompressible(pageBytes, random);
      case 1 -> sameFilled(pageBytes, random.nextInt(3));
      case 2 -> sameFilled(pageBytes, random.nextLong());
      default -> any(random);
    };
  }
}
