# Negative binomial trends of short series by MASS::glm.nb: the values in tests/test_batch.py.
# Rscript tests/reference/negative_binomial.R
library(MASS)
series <- rbind(c(105, 153, 387, 758), c(1200, 900, 1500, 700), c(12, 30, 9, 41), c(6000, 9000, 4000, 15000))
x <- 0:3
for (i in seq_len(nrow(series))) {
  fit <- glm.nb(series[i, ] ~ x, control = glm.control(epsilon = 1e-13, maxit = 200))
  cat(series[i, ], sprintf("%.12g", c(coef(fit), fit$theta, vcov(fit)[2, 2])), "\n")
}
