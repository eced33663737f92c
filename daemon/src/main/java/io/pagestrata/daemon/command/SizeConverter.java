// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.command;

import io.pagestrata.config.Units;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads sizes on the command line as the configuration reads them. */
final class SizeConverter implements ITypeConverter<Long> {
  @Override
  public Long convert(String text) {
    long bytes;
    try {
      bytes = Units.parseBytes(text);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(
          "'" + text + "' " + e.getMessage() + " (write a number with B, KiB, MiB, GiB or TiB)");
    }
    if (bytes == 0) {
      throw new TypeConversionException("a size of 0 makes no sense");
    }
    return bytes;
  }
}
