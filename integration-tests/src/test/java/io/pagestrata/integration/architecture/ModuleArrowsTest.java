// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleName;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The arrows between modules and packages, and what core may not do. */
@AnalyzeClasses(packages = "io.pagestrata", importOptions = ProductionClasses.class)
class ModuleArrowsTest {
  private static final String CORE = "io.pagestrata.core..";
  private static final String TIERS = "io.pagestrata.tiers..";
  private static final String WRITEBACK = "io.pagestrata.writeback..";
  private static final String FRONT_DOOR = "io.pagestrata";
  private static final String CONFIG = "io.pagestrata.config..";
  private static final String DAEMON = "io.pagestrata.daemon..";

  /** What it takes to make and use a zpool of any kind. */
  private static final DescribedPredicate<JavaClass> ZPOOLS =
      resideInAnyPackage("io.pagestrata.tiers.ram.zpool")
          .or(simpleName("Zpools"))
          .or(simpleName("RamSettings"));

  private static final DescribedPredicate<JavaClass> REMOTE =
      resideInAnyPackage("io.pagestrata.tiers.remote");

  private static final DescribedPredicate<JavaClass> BARE_CIPHER = simpleName("BareCipher");

  /**
   * What a check and a repair of a stopped store are made of. A package of their own would make
   * public what both halves know of the format, sixteen types.
   */
  private static final DescribedPredicate<JavaClass> OFFLINE =
      resideInAnyPackage("io.pagestrata.tiers.file")
          .and(
              nameMatching(
                  ".*\\.(StoreCheck|CheckedDirectory|CheckedSegment|CheckFindings|DictionaryCheck"
                      + "|Examined|HeaderSalvage|LostMarkers|OtherFiles|PageReview|RecordCollector"
                      + "|RecordList|Repair"
                      + "|SegmentExam|SegmentIdentification|SegmentRewrite|SharedContents)"
                      + "(\\$.*)?"))
          .as("classes of the check of a stopped store");

  @ArchTest
  static final ArchRule coreImportsOnlyTheJdkAndTheLoggingApi =
      classes()
          .that()
          .resideInAPackage(CORE)
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(CORE, "java..", "org.apache.logging.log4j");

  @ArchTest
  static final ArchRule tiersKnowCoreAlone =
      noClasses()
          .that()
          .resideInAPackage(TIERS)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(WRITEBACK, FRONT_DOOR, CONFIG, DAEMON);

  @ArchTest
  static final ArchRule aRunningStoreDoesNotKnowItsCheck =
      noClasses()
          .that(not(OFFLINE))
          .and()
          .resideInAPackage(TIERS)
          .should()
          .dependOnClassesThat(OFFLINE)
          .because(
              "what checks the files of a store must be free to doubt what the store believes");

  @ArchTest
  static final ArchRule writebackKnowsCoreAlone =
      noClasses()
          .that()
          .resideInAPackage(WRITEBACK)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(TIERS, FRONT_DOOR, CONFIG, DAEMON);

  @ArchTest
  static final ArchRule configDoesNotKnowTheDaemon =
      noClasses()
          .that()
          .resideInAnyPackage(FRONT_DOOR, CONFIG)
          .should()
          .dependOnClassesThat()
          .resideInAPackage(DAEMON);

  @ArchTest
  static final ArchRule daemonDoesNotReachAroundConfig =
      noClasses()
          .that()
          .resideInAPackage(DAEMON)
          .should()
          .dependOnClassesThat(
              resideInAnyPackage(TIERS, WRITEBACK)
                  .and(not(ZPOOLS.or(REMOTE).or(BARE_CIPHER)))
                  .and(not(simpleName("ZstdFiles")))
                  .and(not(simpleName("AbandonedSegments"))))
          .because(
              "stores are made by config alone; compressed input files and what a killed demo left"
                  + " are no part of a store");

  @ArchTest
  static final ArchRule tiersAreBareInBenchmarksAlone =
      noClasses()
          .that()
          .resideInAPackage(DAEMON)
          .and()
          .resideOutsideOfPackage("io.pagestrata.daemon.bench")
          .should()
          .dependOnClassesThat(ZPOOLS.or(REMOTE).or(BARE_CIPHER))
          .because("what is compared with its bare limit must not be measured with a store around");

  @ArchTest
  static final ArchRule packagesFormNoCycle =
      slices().matching("io.pagestrata.(**)").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule writebackNeverDecompresses =
      noClasses()
          .that()
          .resideInAPackage(WRITEBACK)
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.pagestrata.core.codec..")
          .because("a zpage goes down as it is; what cannot name a codec cannot run one");

  @ArchTest
  static final ArchRule coreOpensNoFileAndNoSocket =
      noClasses()
          .that()
          .resideInAPackage(CORE)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("java.net..", "java.nio.file..", "java.nio.channels..")
          .orShould()
          .dependOnClassesThat()
          .haveNameMatching("java\\.io\\.(File|RandomAccess|Print).*");

  @ArchTest
  static final ArchRule coreStartsNoThread =
      noClasses()
          .that()
          .resideInAPackage(CORE)
          .should()
          .callConstructor(Thread.class, Runnable.class)
          .orShould()
          .callConstructor(Thread.class, Runnable.class, String.class)
          .orShould()
          .callMethod(Thread.class, "start")
          .orShould()
          .beAssignableTo(Thread.class)
          .orShould()
          .dependOnClassesThat()
          .haveNameMatching(
              "java\\.util\\.Timer|java\\.util\\.concurrent\\.(Executors|.*Executor|ForkJoin.*"
                  + "|CompletableFuture)");
}
