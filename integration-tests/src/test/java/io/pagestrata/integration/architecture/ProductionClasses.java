// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.architecture;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;

/** Lets in what is shipped: no test classes, be they in folders or in test jars. */
final class ProductionClasses implements ImportOption {
  @Override
  public boolean includes(Location location) {
    return !location.contains("/test-classes/") && !location.contains("-tests.jar");
  }
}
