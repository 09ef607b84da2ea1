#define _GNU_SOURCE
#include "lapack_bridge.h"

#include <lapacke.h>
#include <lapacke_utils.h>

#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>

// LAPACKE's header has no BLAS, and CBLAS's is in another place on each system.
extern void dsyrk_(
    const char *uplo, const char *trans, const lapack_int *n, const lapack_int *k, const double *alpha,
    const double *a, const lapack_int *lda, const double *beta, double *c, const lapack_int *ldc);
extern void dgemm_(
    const char *transa, const char *transb, const lapack_int *m, const lapack_int *n, const lapack_int *k,
    const double *alpha, const double *a, const lapack_int *lda, const double *b, const lapack_int *ldb,
    const double *beta, double *c, const lapack_int *ldc);

static void keep_to_one_thread(void) {
    void (*set)(int) = (void (*)(int))dlsym(RTLD_DEFAULT, "openblas_set_num_threads");
    if (set) set(1);
}

static void prepare(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, keep_to_one_thread);
}

// BLAS counts in columns: to it, our matrices are their transposes.

void saccade_lapack_add_gram(long k, long n, const double *a, double *gram) {
    prepare();
    lapack_int rows = (lapack_int)k, side = (lapack_int)n;
    double one = 1;
    // In columns, what lies above the diagonal is below it.
    dsyrk_("L", "N", &side, &rows, &one, a, &side, &one, gram, &side);
}

void saccade_lapack_add_gram_of_rows(long n, long k, const double *a, double *gram) {
    prepare();
    lapack_int columns = (lapack_int)k, side = (lapack_int)n;
    double one = 1;
    dsyrk_("L", "T", &side, &columns, &one, a, &columns, &one, gram, &side);
}

static void add_product(const char *transposed, long m, long k, long n, const double *a, const double *b, double *c) {
    prepare();
    lapack_int rows = (lapack_int)m, inner = (lapack_int)k, columns = (lapack_int)n;
    lapack_int step = *transposed == 'T' ? rows : inner;
    double one = 1;
    dgemm_("N", transposed, &columns, &rows, &inner, &one, b, &columns, a, &step, &one, c, &columns);
}

void saccade_lapack_add_product(long m, long k, long n, const double *a, const double *b, double *c) {
    add_product("N", m, k, n, a, b, c);
}

void saccade_lapack_add_transposed_product(long m, long k, long n, const double *a, const double *b, double *c) {
    add_product("T", m, k, n, a, b, c);
}

// Where a matrix is symmetric it is the same in rows and in columns, and LAPACKE need not make a copy of it.

int saccade_lapack_solve_positive(long n, long t, double *a, double *b, double *condition) {
    prepare();
    lapack_int side = (lapack_int)n, count = (lapack_int)t;
    double *columns = malloc((size_t)n * (size_t)t * sizeof *columns);
    if (!columns) return LAPACK_WORK_MEMORY_ERROR;
    double norm = LAPACKE_dlansy(LAPACK_COL_MAJOR, '1', 'L', side, a, side);
    int result = LAPACKE_dpotrf(LAPACK_COL_MAJOR, 'L', side, a, side);
    if (result == 0) result = LAPACKE_dpocon(LAPACK_COL_MAJOR, 'L', side, a, side, norm, condition);
    LAPACKE_dge_trans(LAPACK_ROW_MAJOR, side, count, b, count, columns, side);
    if (result == 0) result = LAPACKE_dpotrs(LAPACK_COL_MAJOR, 'L', side, count, a, side, columns, side);
    LAPACKE_dge_trans(LAPACK_COL_MAJOR, side, count, columns, side, b, count);
    free(columns);
    return result;
}

int saccade_lapack_least_squares(long m, long n, long t, double *a, double *b, double smallest, long *rank) {
    prepare();
    lapack_int found = 0;
    double *values = malloc((size_t)(m < n ? m : n) * sizeof *values);
    if (!values) return LAPACK_WORK_MEMORY_ERROR;
    int result = LAPACKE_dgelsd(
        LAPACK_ROW_MAJOR, (lapack_int)m, (lapack_int)n, (lapack_int)t, a, (lapack_int)n, b, (lapack_int)t, values,
        smallest, &found);
    free(values);
    *rank = found;
    return result;
}

int saccade_lapack_top_eigenvectors(long n, long count, double *a, double *vectors) {
    prepare();
    lapack_int found = 0, side = (lapack_int)n;
    double *values = malloc((size_t)n * sizeof *values);
    lapack_int *support = malloc(2 * (size_t)n * sizeof *support);
    int result = LAPACK_WORK_MEMORY_ERROR;
    if (values && support)
        result = LAPACKE_dsyevr(
            LAPACK_COL_MAJOR, 'V', 'I', 'L', side, a, side, 0, 0, (lapack_int)(n - count + 1), side, 0, &found, values,
            vectors, side, support);
    free(values);
    free(support);
    return result;
}
