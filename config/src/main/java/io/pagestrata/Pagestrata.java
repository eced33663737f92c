// SPDX-License-Identifier: Apache-2.0
package io.pagestrata;

import io.pagestrata.config.MachineCheck;
import io.pagestrata.config.PagestrataConfig;
import io.pagestrata.config.StoreAssembly;
import io.pagestrata.core.InvalidConfigurationException;
import io.pagestrata.core.PageStore;
import io.pagestrata.core.TierFailureException;
import io.pagestrata.core.codec.PageCodec;
import io.pagestrata.tiers.codec.Codecs;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Properties;

/**
 * Opens stores: {@link #builder} for a store that a program describes, {@link #open} for a
 * configuration that was read or built before.
 *
 * <pre>{@code
 * PagestrataConfig config = YamlConfig.read(file); // names line and column of every problem
 * Pagestrata.problemsOnThisMachine(config).forEach(System.err::println);
 * try (PageStore store = Pagestrata.open(config)) {
 *   Pool pool = store.createPool("heap", PoolKind.PERSISTENT);
 *   store.put(pool, 7, 0, page, 0);
 * }
 * }</pre>
 *
 * <p>Stateless and thread-safe.
 */
public final class Pagestrata {
  private static final String BUILD_PROPERTIES = "build.properties";

  private Pagestrata() {}

  /**
   * Starts the configuration of a store.
   *
   * @return a builder in which nothing is set
   */
  public static PagestrataBuilder builder() {
    return new PagestrataBuilder();
  }

  /**
   * Opens a store.
   *
   * @param config a valid configuration
   * @return an open store, which the caller closes
   * @throws InvalidConfigurationException with all problems, when this machine cannot do what the
   *     configuration asks for, or its directory holds what the store cannot be opened with
   * @throws TierFailureException when what a durable store holds could not be read
   */
  public static PageStore open(PagestrataConfig config) {
    return StoreAssembly.open(config);
  }

  /**
   * Says what on this machine stands in the way of a configuration, such as a directory that cannot
   * be written; changes nothing.
   *
   * @param config a valid configuration
   * @return one line for each problem, none when {@link #open} can be expected to succeed
   */
  public static List<String> problemsOnThisMachine(PagestrataConfig config) {
    return MachineCheck.problems(config);
  }

  /**
   * Finds a codec, for measurements and for {@link PageStore#switchCodec}.
   *
   * @param name name as in settings, such as {@code lz4} or {@code zstd-3}
   * @return the codec
   * @throws IllegalArgumentException when there is no such codec
   */
  public static PageCodec codec(String name) {
    return Codecs.parse(name);
  }

  /**
   * Version of this library.
   *
   * @return such as {@code 1.0.0}
   */
  public static String version() {
    Properties build = new Properties();
    try (InputStream in = Pagestrata.class.getResourceAsStream(BUILD_PROPERTIES)) {
      build.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + BUILD_PROPERTIES, e);
    }
    return build.getProperty("version");
  }
}
