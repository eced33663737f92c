// SPDX-License-Identifier: Apache-2.0
/** Real NBD clients against a real server; each test is skipped where its program is absent. */
package io.pagestrata.integration.clients;
