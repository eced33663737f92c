// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.ram.zsmalloc;

import io.pagestrata.core.tier.ZpageHeader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Factory;

/** Sizes of real zpages: pages of the files of the running JDK, compressed by lz4. */
final class RealSizes {
  private static final int PAGE_BYTES = 4096;
  private static final int LARGEST_FILES = 8;
  private static final int PAGES_OF_FILE = 2000;

  private RealSizes() {}

  /** Sizes of zpages, headers included, in the order of the files. */
  static int[] ofThisJdk() {
    try (Stream<Path> files = Files.walk(Path.of(System.getProperty("java.home")).resolve("lib"))) {
      List<Path> largest =
          files
              .filter(Files::isRegularFile)
              .sorted(Comparator.comparingLong((Path file) -> -file.toFile().length()))
              .limit(LARGEST_FILES)
              .toList();
      return largest.stream().flatMapToInt(RealSizes::ofFile).toArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Pages from all over a file. */
  private static IntStream ofFile(Path file) {
    LZ4Compressor lz4 = LZ4Factory.fastestInstance().fastCompressor();
    byte[] compressed = new byte[lz4.maxCompressedLength(PAGE_BYTES)];
    IntStream.Builder sizes = IntStream.builder();
    try (InputStream in = Files.newInputStream(file)) {
      long skip = Math.max(0, Files.size(file) / PAGES_OF_FILE - PAGE_BYTES);
      byte[] page = in.readNBytes(PAGE_BYTES);
      while (page.length == PAGE_BYTES) {
        int bytes = lz4.compress(page, 0, PAGE_BYTES, compressed, 0);
        sizes.add(ZpageHeader.BYTES + Math.min(PAGE_BYTES, bytes));
        in.skipNBytes(Math.min(skip, in.available()));
        page = in.readNBytes(PAGE_BYTES);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return sizes.build();
  }
}
