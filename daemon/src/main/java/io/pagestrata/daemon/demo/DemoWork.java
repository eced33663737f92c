// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.demo;

import io.pagestrata.core.PageStore;
import io.pagestrata.core.Pool;
import io.pagestrata.daemon.input.InputPages;
import io.pagestrata.daemon.terminal.Progress;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/**
 * What the workers of a demo have in common.
 *
 * @param store is put to the proof
 * @param pool holds the pages
 * @param input where their content comes from
 * @param expected what each page should hold; each worker looks at its own pages alone
 * @param progress is told of each operation
 * @param refusals of all workers
 * @param stop whether somebody wants an end
 */
record DemoWork(
    PageStore store,
    Pool pool,
    InputPages input,
    ExpectedPages expected,
    Progress progress,
    AtomicInteger refusals,
    BooleanSupplier stop) {}
