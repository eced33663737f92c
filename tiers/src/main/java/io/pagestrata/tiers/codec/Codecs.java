// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.codec;

import io.pagestrata.core.codec.PageCodec;
import java.util.List;

/** The codecs that this version can write and read. Stateless and thread-safe. */
public final class Codecs {
  private static final String VALID =
      "\"none\", \"lz4\", \"zstd\" or \"zstd-LEVEL\" with a level from "
          + ZstdCodec.MIN_LEVEL
          + " to "
          + ZstdCodec.MAX_LEVEL
          + ", such as \"zstd-3\" or \"zstd--1\"";

  private Codecs() {}

  /**
   * Finds a codec by the name used in settings.
   *
   * @param name such as {@code none}, {@code lz4}, {@code zstd-3}, {@code zstd--1}
   * @return the codec; its {@link PageCodec#name} is the full name, level included
   * @throws IllegalArgumentException naming what was given and what is valid
   */
  public static PageCodec parse(String name) {
    switch (name) {
      case NoneCodec.NAME:
        return new NoneCodec();
      case Lz4Codec.NAME:
        return new Lz4Codec();
      case ZstdCodec.NAME:
        return new ZstdCodec(ZstdCodec.DEFAULT_LEVEL);
      default:
        return parseLevel(name);
    }
  }

  private static PageCodec parseLevel(String name) {
    String prefix = ZstdCodec.NAME + "-";
    if (name.startsWith(prefix) && name.substring(prefix.length()).matches("-?[0-9]{1,2}")) {
      int level = Integer.parseInt(name.substring(prefix.length()));
      if (level >= ZstdCodec.MIN_LEVEL && level <= ZstdCodec.MAX_LEVEL) {
        return new ZstdCodec(level);
      }
    }
    throw new IllegalArgumentException("unknown codec \"" + name + "\"; valid are " + VALID);
  }

  /**
   * One codec for each id that may stand in a zpage, for decoding.
   *
   * @return codecs in the order of their ids
   */
  public static List<PageCodec> all() {
    return List.of(new NoneCodec(), new Lz4Codec(), new ZstdCodec(ZstdCodec.DEFAULT_LEVEL));
  }
}
