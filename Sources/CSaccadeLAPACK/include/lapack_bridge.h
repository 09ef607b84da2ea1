// The little of BLAS and LAPACK that is needed, in double precision, on the calling thread alone.
//
// OpenBLAS with threads of its own would wake as many as there are cores beside the team that computes (CSaccadeThreads):
// it is told to use one. All matrices lie in rows, one behind the other.
#pragma once

#ifdef __cplusplus
extern "C" {
#endif

// gram [n, n] += aᵀ a, of `a` [k, n]. Of `gram` only the elements on and above its diagonal count.
void saccade_lapack_add_gram(long k, long n, const double *a, double *gram);

// gram [n, n] += a aᵀ, of `a` [n, k], in the same way.
void saccade_lapack_add_gram_of_rows(long n, long k, const double *a, double *gram);

// c [m, n] += a b, of `a` [m, k] and `b` [k, n].
void saccade_lapack_add_product(long m, long k, long n, const double *a, const double *b, double *c);

// c [m, n] += aᵀ b, of `a` [k, m] and `b` [k, n].
void saccade_lapack_add_transposed_product(long m, long k, long n, const double *a, const double *b, double *c);

// Below, a result that is not 0 says that there was not enough memory (-1010, -1011), or that it could not be done.

// b [n, t] becomes the solution of a x = b, of which `a` [n, n] has only elements on and above its diagonal; both are
// overwritten. Positive: `a` is not positive definite. `condition` is about the reciprocal of its condition number.
int saccade_lapack_solve_positive(long n, long t, double *a, double *b, double *condition);

// b [max(m, n), t], whose first m rows count, becomes in its first n rows the shortest of the x that minimise
// |a x − b|, `a` [m, n]; both are overwritten. Singular values below `smallest` times the largest are taken for 0.
int saccade_lapack_least_squares(long m, long n, long t, double *a, double *b, double smallest, long *rank);

// The eigenvectors of `a` [n, n], which is symmetric and has only elements on and above its diagonal, that belong to its
// `count` largest eigenvalues: as rows of `vectors` [count, n], the largest last. `a` is overwritten.
int saccade_lapack_top_eigenvectors(long n, long count, double *a, double *vectors);

#ifdef __cplusplus
}
#endif
