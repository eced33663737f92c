// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.fault;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** A change to any file of a directory, whatever the file is for. */
enum Mutation {
  FLIPPED_BITS {
    @Override
    void apply(Path directory, Path file, Random random) throws IOException {
      for (int left = 1 + random.nextInt(3); left > 0 && Files.size(file) > 0; left--) {
        Damage.flip(file, place(file, random), random);
      }
    }
  },
  NOISE {
    @Override
    void apply(Path directory, Path file, Random random) throws IOException {
      byte[] noise = new byte[1 + random.nextInt(MOST_BYTES)];
      random.nextBytes(noise);
      Damage.write(file, place(file, random), noise);
    }
  },
  CUT_OFF {
    @Override
    void apply(Path directory, Path file, Random random) throws IOException {
      Damage.truncate(file, place(file, random));
    }
  },
  LENGTHENED {
    @Override
    void apply(Path directory, Path file, Random random) throws IOException {
      byte[] more = new byte[1 + random.nextInt(MOST_BYTES)];
      if (random.nextBoolean()) {
        random.nextBytes(more);
      }
      Files.write(file, more, StandardOpenOption.APPEND);
    }
  },
  /** Longer than memory could hold, and empty but for its beginning. */
  HUGE {
    @Override
    void apply(Path directory, Path file, Random random) throws IOException {
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        channel.write(ByteBuffer.allocate(1), (1L << 32 + random.nextInt(6)) - 1);
      }
    }
  },
  EXCHANGED {
    @Override
    void apply(Path directory, Path file, Random random) throws IOException {
      Path other = anyFile(directory, random);
      Path between = directory.resolve("between");
      Files.move(file, between);
      if (!other.equals(file)) {
        Files.move(other, file);
      }
      Files.move(between, other);
    }
  },
  OVERWRITTEN_BY_ANOTHER {
    @Override
    void apply(Path directory, Path file, Random random) throws IOException {
      Path other = anyFile(directory, random);
      if (!other.equals(file) && Files.size(other) <= MOST_COPIED_BYTES) {
        Files.copy(other, file, StandardCopyOption.REPLACE_EXISTING);
      }
    }
  },
  COPIED_TO_ANOTHER_NUMBER {
    @Override
    void apply(Path directory, Path file, Random random) throws IOException {
      if (Files.size(file) <= MOST_COPIED_BYTES) {
        Path copy = renumbered(directory, file, random);
        Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
      }
    }
  },
  RENUMBERED {
    @Override
    void apply(Path directory, Path file, Random random) throws IOException {
      Files.move(file, renumbered(directory, file, random), StandardCopyOption.REPLACE_EXISTING);
    }
  },
  EMPTY_WITH_ANOTHER_NUMBER {
    @Override
    void apply(Path directory, Path file, Random random) throws IOException {
      Path empty = renumbered(directory, file, random);
      if (!Files.exists(empty)) {
        Files.write(empty, new byte[random.nextInt(2) * random.nextInt(MOST_BYTES)]);
      }
    }
  },
  REMOVED {
    @Override
    void apply(Path directory, Path file, Random random) throws IOException {
      Files.delete(file);
    }
  },
  REPLACED_BY_A_DIRECTORY {
    @Override
    void apply(Path directory, Path file, Random random) throws IOException {
      if (!file.endsWith(LOCK)) {
        Files.delete(file);
        Files.createDirectory(file);
      }
    }
  },
  REPLACED_BY_A_LINK_TO_NOTHING {
    @Override
    void apply(Path directory, Path file, Random random) throws IOException {
      Files.delete(file);
      Files.createSymbolicLink(file, directory.resolve("nothing"));
    }
  };

  /** Where nothing can be locked, nobody works. */
  private static final String LOCK = "pagestrata.lock";

  private static final int MOST_BYTES = 9000;
  static final long MOST_COPIED_BYTES = 64 << 20;
  private static final int HEAD_BYTES = 4096;

  /** Numbers that the name of a file may have. */
  private static final List<Long> NUMBERS =
      List.of(0L, 1L, 2L, 3L, 65_535L, 65_536L, 99_999_999L, 999_999_999_999_999_999L);

  abstract void apply(Path directory, Path file, Random random) throws IOException;

  static Path anyFile(Path directory, Random random) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      List<Path> all = files.filter(Files::isRegularFile).sorted().toList();
      return all.get(random.nextInt(all.size()));
    }
  }

  /** A place in a file: often in its head, often at its end. */
  private static long place(Path file, Random random) throws IOException {
    int bytes = (int) Math.min(Integer.MAX_VALUE, Files.size(file));
    if (bytes == 0) {
      return 0;
    }
    return switch (random.nextInt(3)) {
      case 0 -> random.nextInt(Math.min(bytes, HEAD_BYTES));
      case 1 -> bytes - 1 - random.nextInt(Math.min(bytes, HEAD_BYTES));
      default -> random.nextInt(bytes);
    };
  }

  private static Path renumbered(Path directory, Path file, Random random) {
    String name = file.getFileName().toString();
    long number = NUMBERS.get(random.nextInt(NUMBERS.size()));
    return directory.resolve(name.replaceFirst("\\d{8,}", String.format("%08d", number)));
  }
}
