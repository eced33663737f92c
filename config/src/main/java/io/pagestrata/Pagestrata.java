// SPDX-License-Identifier: Apache-2.0
package io.pagestrata;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** Opens stores. Stateless and thread-safe. */
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
