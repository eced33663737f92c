// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.fault;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;

/** What a disk, a copy or a hand can do to the files of a store. */
enum Damage {
  HEADER_BIT {
    @Override
    void apply(Path directory, Random random) throws IOException {
      flip(anySegment(directory, random), random.nextInt(4096), random);
    }
  },
  RECORD_HEADER_BIT {
    @Override
    void apply(Path directory, Random random) throws IOException {
      Path segment = anySegment(directory, random);
      flip(segment, anyRecord(segment, random) + random.nextInt(32), random);
    }
  },
  RECORD_HEADERS_OF_A_STRETCH {
    @Override
    void apply(Path directory, Random random) throws IOException {
      Path segment = anySegment(directory, random);
      byte[] noise = new byte[20_000];
      random.nextBytes(noise);
      write(segment, anyRecord(segment, random), noise);
    }
  },
  PAYLOAD_BIT {
    @Override
    void apply(Path directory, Random random) throws IOException {
      Path segment = anySegment(directory, random);
      flip(segment, anyRecord(segment, random) + 32 + random.nextInt(1000), random);
    }
  },
  SCATTERED_BITS {
    @Override
    void apply(Path directory, Random random) throws IOException {
      List<Path> segments = DamageRig.segments(directory);
      for (int i = 0; i < 200; i++) {
        Path segment = segments.get(random.nextInt(segments.size()));
        flip(segment, random.nextInt((int) Files.size(segment)), random);
      }
    }
  },
  ZEROED_BLOCK {
    @Override
    void apply(Path directory, Random random) throws IOException {
      Path segment = anySegment(directory, random);
      int blocks = (int) (Files.size(segment) / 4096);
      write(segment, 4096L * (1 + random.nextInt(blocks - 1)), new byte[4096]);
    }
  },
  FOOTER_BIT {
    @Override
    void apply(Path directory, Random random) throws IOException {
      Path segment = anySegment(directory, random);
      flip(segment, Files.size(segment) - 1 - random.nextInt(600), random);
    }
  },
  TRUNCATED {
    @Override
    void apply(Path directory, Random random) throws IOException {
      Path segment = anySegment(directory, random);
      truncate(segment, (long) (Files.size(segment) * random.nextDouble()));
    }
  },
  SWAPPED_SEGMENTS {
    @Override
    void apply(Path directory, Random random) throws IOException {
      List<Path> segments = DamageRig.segments(directory);
      Path one = segments.get(0);
      Path other = segments.get(1 + random.nextInt(segments.size() - 1));
      Path between = directory.resolve("between");
      Files.move(one, between);
      Files.move(other, one);
      Files.move(between, other);
    }
  },
  DUPLICATE {
    @Override
    void apply(Path directory, Random random) throws IOException {
      Files.copy(anySegment(directory, random), directory.resolve("segment-00000099.pss"));
    }
  },
  SAME_NUMBER_TWICE {
    @Override
    void apply(Path directory, Random random) throws IOException {
      Path segment = anySegment(directory, random);
      String name = segment.getFileName().toString().replace("segment-", "segment-0");
      Files.copy(segment, directory.resolve(name));
    }
  },
  RENAMED {
    @Override
    void apply(Path directory, Random random) throws IOException {
      Files.move(anySegment(directory, random), directory.resolve("segment-00000099.pss"));
    }
  },
  REMOVED {
    @Override
    void apply(Path directory, Random random) throws IOException {
      Files.delete(anySegment(directory, random));
    }

    @Override
    boolean showsAfterAKill() {
      // The store may have deleted any of them when it was killed.
      return false;
    }
  },
  GARBAGE_FILE {
    @Override
    void apply(Path directory, Random random) throws IOException {
      byte[] noise = new byte[30_000];
      random.nextBytes(noise);
      Files.write(directory.resolve("segment-00000077.pss"), noise);
    }
  },
  FOREIGN_SEGMENT {
    @Override
    void apply(Path directory, Random random) throws IOException {
      Path segment = anySegment(directory, random);
      Path foreign = directory.resolve("segment-00000066.pss");
      Files.copy(segment, foreign);
      edit(foreign, 4096, header -> header.putLong(16, random.nextLong()).putLong(32, 66));
    }
  },
  MANIFEST_BIT {
    @Override
    void apply(Path directory, Random random) throws IOException {
      Path manifest = DamageRig.files(directory, ".psm").get(0);
      flip(manifest, random.nextInt(120), random);
    }
  },
  MANIFEST_REMOVED {
    @Override
    void apply(Path directory, Random random) throws IOException {
      Files.delete(DamageRig.files(directory, ".psm").get(0));
    }
  },
  OLD_MANIFEST {
    @Override
    void apply(Path directory, Random random) throws IOException {
      Files.delete(DamageRig.files(directory, ".psm").get(0));
      Path old = DamageRig.files(directory, DamageRig.OLD).get(0);
      String name = old.getFileName().toString();
      Files.move(old, directory.resolve(name.substring(0, name.length() - DamageRig.OLD.length())));
    }
  },
  TORN_TAIL {
    @Override
    void apply(Path directory, Random random) throws IOException {
      Path last = DamageRig.segments(directory).get(DamageRig.segments(directory).size() - 1);
      byte[] torn = Arrays.copyOf(Files.readAllBytes(last), 300 + random.nextInt(3000));
      Files.write(last, Arrays.copyOfRange(torn, 100, torn.length), StandardOpenOption.APPEND);
    }
  };

  abstract void apply(Path directory, Random random) throws IOException;

  /** Whether a store that was killed shows it. */
  boolean showsAfterAKill() {
    return true;
  }

  @FunctionalInterface
  interface Edit {
    void of(ByteBuffer bytes);
  }

  static Path anySegment(Path directory, Random random) throws IOException {
    List<Path> segments = DamageRig.segments(directory);
    return segments.get(random.nextInt(segments.size()));
  }

  /** Offset of a record, found by walking. */
  static long anyRecord(Path segment, Random random) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(segment)).order(ByteOrder.LITTLE_ENDIAN);
    int tag = bytes.getInt(4040) == 0 ? 0 : 16;
    int records = 0;
    long found = 4096;
    for (int at = 4096; at + 32 <= bytes.capacity() && bytes.getLong(at + 16) == 1; ) {
      if (random.nextInt(++records) == 0) {
        found = at;
      }
      at += (32 + (bytes.getShort(at + 4) & 0xffff) + tag + 15) & -16;
    }
    return found;
  }

  static void flip(Path file, long at, Random random) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer one = ByteBuffer.allocate(1);
      channel.read(one, at);
      one.put(0, (byte) (one.get(0) ^ 1 << random.nextInt(8)));
      channel.write(one.position(0), at);
    }
  }

  static void write(Path file, long at, byte[] bytes) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      int count = (int) Math.min(bytes.length, channel.size() - at);
      channel.write(ByteBuffer.wrap(bytes, 0, count), at);
    }
  }

  static void truncate(Path file, long bytes) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(bytes);
    }
  }

  /** Changes a checksummed block and makes its checksum right again. */
  static void edit(Path file, int blockBytes, Edit edit) {
    try {
      byte[] bytes = Files.readAllBytes(file);
      ByteBuffer block = ByteBuffer.wrap(bytes, 0, blockBytes).order(ByteOrder.LITTLE_ENDIAN);
      edit.of(block);
      CRC32C crc = new CRC32C();
      crc.update(bytes, 0, blockBytes - 4);
      block.putInt(blockBytes - 4, (int) crc.getValue());
      Files.write(file, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
