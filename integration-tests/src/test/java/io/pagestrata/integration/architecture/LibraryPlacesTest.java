// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** One library, one package: a library that must be replaced is met in one place only. */
@AnalyzeClasses(packages = "io.pagestrata", importOptions = ProductionClasses.class)
class LibraryPlacesTest {
  @ArchTest
  static final ArchRule disruptor = only("com.lmax..", "io.pagestrata.writeback.pipeline");

  @ArchTest
  static final ArchRule jna =
      only("com.sun.jna..", "io.pagestrata.tiers.ram.memory", "io.pagestrata.daemon.host");

  @ArchTest static final ArchRule lz4 = only("net.jpountz..", "io.pagestrata.tiers.codec");

  @ArchTest static final ArchRule zstd = only("com.github.luben..", "io.pagestrata.tiers.codec");

  @ArchTest
  static final ArchRule chronicle =
      only("net.openhft..", "io.pagestrata.tiers.ram.chronicle", "io.pagestrata.tiers.file.index");

  @ArchTest static final ArchRule snakeYaml = only("org.yaml..", "io.pagestrata.config.yaml");

  @ArchTest static final ArchRule jackson = only("com.fasterxml..", "io.pagestrata.daemon.report");

  @ArchTest static final ArchRule picocli = only("picocli..", "io.pagestrata.daemon.command");

  @ArchTest
  static final ArchRule netty =
      only("io.netty..", "io.pagestrata.daemon.nbd", "io.pagestrata.tiers.remote");

  @ArchTest static final ArchRule lettuce = only("io.lettuce..", "io.pagestrata.tiers.remote");

  @ArchTest static final ArchRule ciphers = only("javax.crypto..", "io.pagestrata.tiers.crypt");

  @ArchTest
  static final ArchRule loggingBackEnd =
      only("org.apache.logging.log4j.core..", "io.pagestrata.daemon..");

  @ArchTest
  static final ArchRule insidesOfTheJdk =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("sun..", "jdk.internal..", "com.sun.proxy..");

  private static ArchRule only(String library, String... places) {
    return noClasses()
        .that()
        .resideOutsideOfPackages(places)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(library);
  }

  /** Everything beside the JDK and ourselves is named above; a new library needs a place here. */
  @ArchTest
  static final ArchRule everyLibraryHasItsPlace =
      classes()
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "io.pagestrata..",
              "java..",
              "javax.crypto..",
              "javax.management..",
              "com.sun.management..",
              "com.lmax..",
              "com.sun.jna..",
              "net.jpountz..",
              "com.github.luben..",
              "net.openhft..",
              "org.yaml..",
              "com.fasterxml..",
              "io.netty..",
              "io.lettuce..",
              "javax.net.ssl..",
              "javax.security.auth.x500..",
              "picocli..",
              "org.apache.logging.log4j..");
}
